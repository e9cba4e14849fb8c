"""Everything outside the procedure, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from dataclasses import dataclass

from custom_resource.serving import Answering
from traffic_switch.surroundings import Surroundings

from closed_group.groups import Groups


@dataclass(frozen=True)
class World:
    """What the handler may touch."""

    groups: Groups
    answer: Answering
    surroundings: Surroundings
