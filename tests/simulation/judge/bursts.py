"""What the own requests make of trouble that comes in bursts, or late."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from traffic_switch.judging.findings import own_wager

from tests.simulation.judge.chance import binomial
from tests.simulation.judge.course import own_course
from tests.simulation.judge.figures import PRODUCTION, limit_of

SCENE = "burst: "
"""How the names of these scenes begin."""

BASE = 0.001
FIRST_MINUTE = (5.0, 50.0)
"""When an outage of the first minute may begin, in seconds since the shift."""

RateAt = Callable[[float], float]
"""The rate of failures at a second since the shift."""


def _outage(seconds: float) -> Callable[[Random], RateAt]:
    def begin(random: Random) -> RateAt:
        start = random.uniform(*FIRST_MINUTE)
        return lambda second: min(1.0, BASE + max(0.0, min(second + 1, start + seconds) - max(second, start)))

    return begin


def _from(begin: float, rate: float) -> Callable[[Random], RateAt]:
    return lambda _random: lambda second: rate if second >= begin else BASE


SCENES: dict[str, Callable[[Random], RateAt]] = {
    "an outage of 2 s in the first minute": _outage(2),
    "an outage of 3 s": _outage(3),
    "an outage of 4 s": _outage(4),
    "an outage of 6 s": _outage(6),
    "5 % from second 150 on": _from(150, 0.05),
    "20 % from second 150 on": _from(150, 0.2),
    "100 % from second 150 on": _from(150, 1.0),
}


def found(scene: str, random: Random) -> float:
    """When one bake finds its version bad. Within a batch, requests share what remains of an outage."""
    rate_at = SCENES[scene.removeprefix(SCENE)](random)

    def draw(second: float, size: int) -> tuple[int, int]:
        return binomial(size, round(rate_at(second), 2)).draw(random), 0

    return own_course(PRODUCTION, own_wager(limit_of("both"), PRODUCTION), draw).found
