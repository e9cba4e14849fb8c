"""Everything outside the procedure, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from custom_resource.serving import Answering
from traffic_switch.surroundings import Surroundings


class LoadBalancers(Protocol):
    """The protection of load balancers, by their ARNs."""

    def is_protected(self, arn: str) -> bool: ...
    def protect(self, arn: str, protected: bool) -> None: ...


@dataclass(frozen=True)
class World:
    """What the handler may touch. `status` is that of a stack, by its id."""

    load_balancers: LoadBalancers
    status: Callable[[str], str]
    answer: Answering
    surroundings: Surroundings
