"""Waiting until what a registry says of an image is known, as long as the function's time allows."""

from __future__ import annotations

from collections.abc import Callable

from custom_resource.patience import Patience
from traffic_switch.surroundings import Surroundings
from traffic_switch.verdict import Judgment, Verdict

PAUSE_SECONDS = 5.0
RESERVED_SECONDS = 55.0
"""What the guard does after its gates: it looks at traffic and lock once more, and remembers and marks the images."""


def until_decided(
    look: Callable[[], Judgment],
    overdue: Callable[[Judgment, str], Judgment],
    patience: Patience,
    clock: Surroundings,
) -> Judgment:
    """Look again and again. `overdue` judges what is still unknown at the deadline, and is told how long that was."""
    began = clock.monotonic()
    while (judgment := look()).verdict is Verdict.WAIT:
        if patience.seconds_left <= RESERVED_SECONDS + PAUSE_SECONDS:
            return overdue(judgment, _waited(clock.monotonic() - began))
        clock.sleep(PAUSE_SECONDS)
    return judgment


def _waited(seconds: float) -> str:
    return f"after {seconds:.0f} s" if seconds >= PAUSE_SECONDS else "and what was asked before it took all the time"
