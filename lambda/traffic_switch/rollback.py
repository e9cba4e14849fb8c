"""Rollback: where the traffic goes when a switch has failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from traffic_switch.model import Target, Weights, healthy, healthy_share, serving


class Move(StrEnum):
    """What to do with the weights."""

    NOTHING = "nothing"
    RESTORE = "restore"
    REMOVE_RULE = "remove rule"
    HOLD = "hold"


@dataclass(frozen=True)
class Decision:
    """A move, and the sentence that says why."""

    move: Move
    reason: str


def decide(
    now: Weights | None, before: Weights | None, old: Sequence[Target], new: Sequence[Target], min_healthy: int
) -> Decision:
    """Say where fewer users suffer: back where the journal remembers, or where they are.

    The color that gets the traffic back must be proved healthy first (Flagger #1931: a rollback sent everything to
    a broken primary). When both are unhealthy the one with the larger healthy share keeps the traffic, and a tie
    stays put: a blind flip never helped anybody.
    """
    if now == before:
        return Decision(Move.NOTHING, "the weights are those from before the switch")
    if before is None:
        return Decision(Move.REMOVE_RULE, "there was no production rule before the switch")
    if len(healthy(old)) >= min_healthy:
        return Decision(Move.RESTORE, f"{len(healthy(old))} of {len(serving(old))} targets of {before.live} healthy")
    if healthy_share(old) > healthy_share(new):
        return Decision(Move.RESTORE, f"{before.live} is the less unhealthy color")
    return Decision(Move.HOLD, f"{before.live} is not healthy either: {_described(old)}")


def _described(targets: Sequence[Target]) -> str:
    return "; ".join(str(target) for target in targets) or "it has no targets"
