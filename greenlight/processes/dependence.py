"""Work that cannot go on without a process: when the process ends, so does the work, at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from greenlight.processes.process import OwnedProcess

NUMBER = signal.SIGURG
"""Wakes the main thread from whatever it waits for. Nobody is hurt by one that comes too late: it is ignored then."""


class _EndedError(BaseException):
    """As KeyboardInterrupt, it passes every `except Exception` on its way out: botocore has one around each request."""


@contextmanager
def depending_on(process: OwnedProcess, failure: Callable[[int], Exception]) -> Iterator[None]:
    """Leave the block as soon as the process ends, with what `failure` makes of its exit code.

    It is for the main thread alone, as Python's signal handlers are, and for one process at a time.
    """
    watch = _Watch(process)
    before = signal.signal(NUMBER, _interrupt)
    try:
        watch.start()
        try:
            yield
        finally:
            watch.stop()
    except _EndedError:
        raise failure(process.wait()) from None
    finally:
        signal.signal(NUMBER, before)


class _Watch(threading.Thread):
    def __init__(self, process: OwnedProcess) -> None:
        super().__init__(name=f"watch-{process.pid}", daemon=True)
        self._process = process
        self._lock = threading.Lock()
        self._is_over = False

    def run(self) -> None:
        self._process.wait()
        with self._lock:
            if not self._is_over:
                signal.pthread_kill(threading.main_thread().ident or 0, NUMBER)

    def stop(self) -> None:
        with self._lock:
            self._is_over = True


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise _EndedError
