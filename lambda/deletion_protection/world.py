"""Everything outside the procedure, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from custom_resource.serving import Answering
from traffic_switch.surroundings import Surroundings


class LoadBalancers(Protocol):
    """The protection of load balancers, and what else is asked of one, by their ARNs."""

    def is_protected(self, arn: str) -> bool: ...
    def protect(self, arn: str, protected: bool) -> None: ...
    def redirects_for_good(self, arn: str) -> bool: ...


@dataclass(frozen=True)
class World:
    """What the handler may touch.

    `status` is that of a stack, by its id. `only_served_at` tells which target groups get users by the listener of one
    port alone, by the load balancer's ARN.
    """

    load_balancers: LoadBalancers
    only_served_at: Callable[[str, int], Collection[str]]
    status: Callable[[str], str]
    answer: Answering
    surroundings: Surroundings
