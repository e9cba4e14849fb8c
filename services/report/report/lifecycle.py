"""The service's state of life, shared by the process that gets the signals and the one that answers."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import get_context
from types import FrameType
from typing import Any


class Lifecycle:
    """Serving until `drain` is called. There is no way back."""

    def __init__(self) -> None:
        self._flag: Any = get_context("fork").Value("b", 0, lock=False)

    @property
    def draining(self) -> bool:
        return bool(self._flag.value)

    def drain(self) -> None:
        self._flag.value = 1


def drain_first(lifecycle: Lifecycle, seconds: float) -> None:
    """Let the first SIGTERM or SIGINT of this process start the draining; what it did before, it does `seconds` later.

    Gunicorn closes its listener at once on either. The load balancer learns from /health that it should look elsewhere,
    and until it does it sends requests that have to be answered. A second signal is gunicorn's own: it stops at once.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def drain(_number: int, _frame: FrameType | None) -> None:
        lifecycle.drain()
        for each, handler in before.items():
            signal.signal(each, handler)
        timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
        timer.daemon = True
        timer.start()

    for number in before:
        signal.signal(number, drain)
