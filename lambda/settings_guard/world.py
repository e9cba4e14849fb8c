"""Everything outside the pure core, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from custom_resource.serving import Answering
from traffic_switch.surroundings import Surroundings


@dataclass(frozen=True)
class World:
    """What the handler may touch. `is_rolling_back` tells it of a stack by its id."""

    is_rolling_back: Callable[[str], bool]
    answer: Answering
    surroundings: Surroundings
