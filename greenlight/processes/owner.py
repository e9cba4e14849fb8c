"""Starts processes and ends them: everything that this process starts goes through one owner."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from greenlight.processes import janitor
from greenlight.processes.process import STOP_SECONDS, Finished, OwnedProcess

Output = Path | IO[bytes] | int
"""Where a process prints: a log to append to, an open file, or one of subprocess's PIPE, STDOUT and DEVNULL."""

_DISMISSAL_SECONDS = 1.0


class ClosedError(OSError):
    """Everything is being ended: nothing is started any more."""


class Processes:
    """The processes that this one has started, each in a session and a group of its own. Thread-safe.

    They end, the newest first, when the block ends. Should this process be killed, its janitor ends them.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._running: dict[int, OwnedProcess] = {}
        self._is_closed = False
        self._janitor = subprocess.Popen(
            [sys.executable, "-I", "-S", janitor.__file__], stdin=subprocess.PIPE, start_new_session=True
        )

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path | None = None,
        output: Output = subprocess.DEVNULL,
        errors: Output = subprocess.STDOUT,
        pass_fds: Sequence[int] = (),
    ) -> OwnedProcess:
        """Start a process that gets this environment, and no other, and no input.

        Raises:
            ClosedError: everything is being ended.
            OSError: there is no such program.
        """
        with contextlib.ExitStack() as opened, self._lock:
            if self._is_closed:
                raise ClosedError(f"{command[0]} was not started: everything is being ended")
            popen = subprocess.Popen(
                list(command),
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=_open(output, opened),
                stderr=_open(errors, opened),
                pass_fds=pass_fds,
                start_new_session=True,
            )
            self._tell("watch", popen.pid)
            process = self._running[popen.pid] = OwnedProcess(popen, self._forget)
            return process

    def run(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path | None = None,
        seconds: float | None = None,
    ) -> Finished:
        """Run a process to its end, or kill it, and what it started, when the time is up."""
        pipe = subprocess.PIPE
        process = self.start(command, environment=environment, folder=folder, output=pipe, errors=pipe)
        return process.finish(seconds)

    def close(self, patience: float = STOP_SECONDS) -> None:
        """End every process that still runs, the newest first, with so much patience for each; start no more."""
        with self._lock:
            self._is_closed = True
            running = list(self._running.values())
        for process in reversed(running):
            process.stop(patience)
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self._janitor.communicate(timeout=_DISMISSAL_SECONDS)

    def _forget(self, process: OwnedProcess) -> None:
        with self._lock:
            del self._running[process.pid]
            self._tell("forget", process.pid)

    def _tell(self, verb: str, group: int) -> None:
        """Without a janitor, whom somebody may have killed, this process can still end the others itself."""
        assert self._janitor.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._janitor.stdin.write(f"{verb} {group}\n".encode())
            self._janitor.stdin.flush()


def _open(output: Output, opened: contextlib.ExitStack) -> IO[bytes] | int:
    if not isinstance(output, Path):
        return output
    output.parent.mkdir(parents=True, exist_ok=True)
    return opened.enter_context(output.open("ab"))
