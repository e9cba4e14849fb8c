"""Process groups: what a process starts ends with it, and the group ends with this process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol


class Guard(Protocol):
    """Ends groups when this process is gone, even by `kill -9`."""

    def watch(self, group: int) -> None:
        """End the group when this process is gone."""

    def forget(self, group: int) -> None:
        """Leave the group alone: it has ended."""


class Groups:
    """Start each process in a group of its own, under guard. Thread-safe."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._telling = threading.Lock()

    def start(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        output: IO[bytes] | int,
        errors: IO[bytes] | int,
    ) -> subprocess.Popen[bytes]:
        """Start a process that gets this environment, and no other, and no input. Raises OSError."""
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            process_group=0,
        )
        with self._telling:
            self._guard.watch(process.pid)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the process and whatever it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)

    def close(self, process: subprocess.Popen[bytes]) -> None:
        """End what a process, which has ended, left behind, as the end of a container's first process does."""
        self.kill(process)
        with self._telling:
            self._guard.forget(process.pid)
