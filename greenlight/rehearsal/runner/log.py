"""A container's log file, which can not fill the disk."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LIMIT_BYTES = 5_000_000


@dataclass(frozen=True)
class BoundedLog:
    """A file that a process appends to by itself, cut from outside when it has grown too large.

    The process holds the file, not a pipe: it can always write, also while nobody reads. What is cut off is kept
    once, beside the log, as `<name>.log.1`.
    """

    path: Path
    limit_bytes: int = LIMIT_BYTES

    def open(self) -> BinaryIO:
        """Open for appending, so that a later cut does not leave a hole of zeros."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("ab", buffering=0)

    def note(self, line: str) -> None:
        """Add a line of the runner's own: a start, an exit, a restart."""
        with self.open() as file:
            file.write(f"[runner] {line}\n".encode())

    def bound(self) -> None:
        """Cut the file if it is over the limit."""
        if self.path.is_file() and self.path.stat().st_size > self.limit_bytes:
            shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
            os.truncate(self.path, 0)

    def tail(self, lines: int | None = None) -> str:
        """Return the last lines, or all of them."""
        if not self.path.is_file():
            return ""
        content = self.path.read_text(errors="replace").splitlines(keepends=True)
        return "".join(content if lines is None else content[-lines:] if lines else [])
