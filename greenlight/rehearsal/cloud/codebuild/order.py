"""What CodePipeline hands over beside StartBuild: where the artifacts are. The call itself has no field for it.

It is kept under the call's idempotency token until the build begins.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class ArtifactPlace:
    """An artifact in the pipeline's bucket; the revision is a commit, where it came from one."""

    name: str
    bucket: str
    key: str
    revision: str = ""


@dataclass(frozen=True)
class Order:
    """What a build gets and gives: the first input is the primary source."""

    initiator: str
    inputs: tuple[ArtifactPlace, ...] = ()
    outputs: tuple[ArtifactPlace, ...] = ()


_lock = threading.Lock()
_orders: dict[str, Order] = {}


def leave(token: str, order: Order) -> None:
    """Keep an order for the StartBuild call that will show the token."""
    with _lock:
        _orders[token] = order


def collect(token: str, initiator: str) -> Order:
    """Take the order of a call; of one that has none, what somebody else asked for."""
    with _lock:
        return _orders.pop(token, Order(initiator))
