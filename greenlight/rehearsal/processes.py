"""The processes of one rehearsal: each in a group of its own, none outliving it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

STOP_SECONDS = 5.0


class Processes:
    """Starts processes in their own groups and ends them all, in reverse order, when the block ends.

    A janitor process stands behind it for the case that this one is killed.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._janitor = subprocess.Popen(
            [sys.executable, "-m", "greenlight.rehearsal.janitor"], stdin=subprocess.PIPE, start_new_session=True
        )

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in reversed(list(self._running)):
            self.stop(name)
        self._dismiss_janitor()

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a process that writes to `<logs>/<name>.log`."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                list(command),
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[name] = process
        self.watch(process.pid)
        return process

    def has_failed(self, name: str) -> bool:
        """Whether a process has ended with another code than 0."""
        return self._running[name].poll() not in (None, 0)

    def watch(self, group: int) -> None:
        """Let the janitor end a group that was started elsewhere, should this process be killed."""
        self._tell("watch", group)

    def forget(self, group: int) -> None:
        """That group has ended by itself."""
        self._tell("forget", group)

    def stop(self, name: str) -> int:
        """End a process and whatever it left in its group; return its exit code."""
        process = self._running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _kill_group(process.pid)
        _kill_group(process.pid)
        self.forget(process.pid)
        return process.wait()

    def _tell(self, verb: str, group: int) -> None:
        if self._janitor.stdin and not self._janitor.stdin.closed:
            self._janitor.stdin.write(f"{verb} {group}\n".encode())
            self._janitor.stdin.flush()

    def _dismiss_janitor(self) -> None:
        if self._janitor.stdin:
            self._janitor.stdin.close()
        self._janitor.wait(STOP_SECONDS)


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
