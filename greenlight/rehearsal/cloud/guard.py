"""Ends the cloud's process groups when the cloud is gone without having ended them itself."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading

_PATIENCE_SECONDS = 1.0


class Guard:
    """A janitor process that watches groups for this one, whose end it notices by its closed input. Thread-safe."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "greenlight.rehearsal.janitor"]
        self._telling = threading.Lock()
        self._janitor = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, text=True)

    def watch(self, group: int) -> None:
        """End the group when this process is gone."""
        self._tell("watch", group)

    def forget(self, group: int) -> None:
        """Leave the group alone: it has ended."""
        self._tell("forget", group)

    def dismiss(self) -> None:
        """Let the janitor end what is still watched, and wait for it."""
        with self._telling:
            if self._janitor.stdin:
                self._janitor.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._janitor.wait(_PATIENCE_SECONDS)

    def _tell(self, verb: str, group: int) -> None:
        with self._telling:
            if self._janitor.stdin and not self._janitor.stdin.closed:
                self._janitor.stdin.write(f"{verb} {group}\n")
                self._janitor.stdin.flush()
