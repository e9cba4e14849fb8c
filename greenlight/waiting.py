"""One way to wait: look again and again, until it is good or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE_SECONDS = 0.05

Seen = TypeVar("Seen")


def awaited(
    look: Callable[[], Seen],
    good: Callable[[Seen], object],
    seconds: float,
    pause: float = PAUSE_SECONDS,
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> Seen:
    """Look until what is seen is good, or the time is over; return the last look, which the caller judges."""
    deadline = now() + seconds
    while True:
        seen = look()
        if good(seen) or now() >= deadline:
            return seen
        sleep(pause)


def wait_until(holds: Callable[[], object], seconds: float, pause: float = PAUSE_SECONDS) -> bool:
    """Wait until something holds; False when it does not in time."""
    return bool(awaited(holds, bool, seconds, pause))
