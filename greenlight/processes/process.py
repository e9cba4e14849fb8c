"""One child process, which leads a group of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, overload

from greenlight.waiting import wait_until

STOP_SECONDS = 5.0
_LOOK_SECONDS = 0.01


def how_it_ended(exit_code: int) -> str:
    """Say it in words: `ended with exit code 1`, or `was ended by SIGKILL`."""
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    return f"was ended by {signal.Signals(-exit_code).name}"


@dataclass(frozen=True)
class Finished:
    """How a process ended, and what it said."""

    exit_code: int
    output: bytes
    errors: bytes


class OwnedProcess:
    """A process and whatever it starts. When it ends, what it left in its group is killed. Thread-safe.

    The group is signalled, and watched by the janitor, only while its leader has not been reaped: until then the system
    gives its number to no other process. macOS cannot wait without reaping before Python 3.13, and is signalled a
    moment after.
    """

    def __init__(self, popen: subprocess.Popen[bytes], on_end: Callable[[OwnedProcess], None]) -> None:
        self._popen = popen
        self._on_end = on_end
        self._lock = threading.Lock()
        self._exit_code: int | None = None

    @property
    def pid(self) -> int:
        """The id of the process, which is its group's too."""
        return self._popen.pid

    @property
    def output(self) -> IO[bytes]:
        """What it prints, if that was asked for as a pipe."""
        assert self._popen.stdout is not None
        return self._popen.stdout

    def poll(self) -> int | None:
        """Return the exit code, the negative number of a signal that ended it, or None while it runs."""
        with self._lock:
            if self._exit_code is None and self._has_ended():
                self._signal_group(signal.SIGKILL)
                self._on_end(self)
                self._exit_code = self._popen.wait()
            return self._exit_code

    @overload
    def wait(self) -> int: ...

    @overload
    def wait(self, timeout: float) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the process has ended; return its exit code, or None when the time is up."""
        if timeout is None:
            self._block()
        else:
            wait_until(lambda: self.poll() is not None, timeout, _LOOK_SECONDS)
        return self.poll()

    def finish(self, seconds: float | None = None) -> Finished:
        """Read both pipes until nobody holds them any more; kill it, and what it started, when the time is up."""
        late = threading.Timer(seconds or 0, self.kill)
        if seconds is not None:
            late.start()
        try:
            output, errors = self._read()
        finally:
            late.cancel()
        return Finished(self.wait(), output, errors)

    def send_signal(self, number: int) -> None:
        """Signal the process alone, if it runs."""
        with self._lock:
            if self._exit_code is None and not self._has_ended():
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it, and whatever it started."""
        with self._lock:
            if self._exit_code is None:
                self._signal_group(signal.SIGKILL)

    def stop(self, patience: float = STOP_SECONDS) -> int:
        """Ask it to stop, kill it when it takes longer than that, and return its exit code."""
        self.terminate()
        if self.wait(patience) is None:
            self.kill()
        return self.wait()

    def _read(self) -> tuple[bytes, bytes]:
        assert self._popen.stderr is not None
        with self.output as output, self._popen.stderr as errors, ThreadPoolExecutor(2) as readers:
            reading = [readers.submit(pipe.read) for pipe in (output, errors)]
            try:
                return reading[0].result(), reading[1].result()
            except BaseException:
                self.kill()  # else the block would wait for whoever still writes
                raise

    def _has_ended(self) -> bool:
        if not hasattr(os, "waitid"):
            return self._popen.poll() is not None
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        except ChildProcessError:
            return True

    def _block(self) -> None:
        """Sleep until the process has ended, without reaping it where that is possible."""
        if not hasattr(os, "waitid"):
            self._popen.wait()
            return
        with contextlib.suppress(ChildProcessError):  # somebody else has reaped it meanwhile
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def _signal_group(self, number: int) -> None:
        """Signal the group, unless somebody else has reaped its leader."""
        with contextlib.suppress(ProcessLookupError, PermissionError, ChildProcessError):
            if hasattr(os, "waitid"):
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            os.killpg(self.pid, number)
