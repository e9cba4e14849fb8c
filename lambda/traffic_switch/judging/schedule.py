"""When a bake sends own requests, and how many.

The first seconds are watched closely, with a steady rate of requests; later looks send a few, and a failure among them
is followed at once by more. Sizes and times depend on what was seen before, never on the batch's own outcome: the
evidence is valid for any such plan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from traffic_switch.config import Policy
from traffic_switch.judging.looks import Batch

INVOCATION_SECONDS = 30
"""How long one run of the bake's function sends. Longer runs would lose more when they are retried."""

CHASE_BATCHES = 10
"""Batches that follow a look with a failure at once."""

MOST_BATCHES = 5000
"""Batches after which none is chased any more, because the state machine carries all of them."""

BATCH_BYTES = 28
"""The longest batch as JSON, rounded up: `[3299.75, 800, 800, 800], `. With the one batch of each later look, the most
that the settings allow is 230 KB (Step Functions carries 256 KiB)."""

SHORTEST_PAUSE_SECONDS = 1


@dataclass(frozen=True)
class Volley:
    """So many batches, back to back, each with so many requests evenly spread over it."""

    batches: int
    size: int


def next_volley(
    policy: Policy, seen: Sequence[Batch], second: float, used_seconds: float, sent: Sequence[Volley]
) -> Volley | None:
    """What to send now, or None when this run of the function has sent enough.

    `seen` is every batch of the bake, `second` the time since the shift; `used_seconds` and `sent` are this run's.
    """
    room = math.floor((INVOCATION_SECONDS - used_seconds) / policy.bake_batch_seconds)
    if sent and is_watched_closely(policy, seen, seen[-1].second):
        return None
    if left := fast_batches_left(policy, seen, second):
        return Volley(min(left, room), policy.batch_requests)
    if not sent:
        return Volley(1, policy.bake_probes) if policy.bake_probes else None
    if seen[-1].failed and room >= CHASE_BATCHES and len(seen) < MOST_BATCHES:
        return Volley(CHASE_BATCHES, policy.batch_requests)
    return None


def is_watched_closely(policy: Policy, seen: Sequence[Batch], second: float) -> bool:
    """Whether a time since the shift is in the fast phase, which begins with the first batch."""
    return fast_batches_left(policy, seen, second) > 0


def fast_batches_left(policy: Policy, seen: Sequence[Batch], second: float) -> int:
    """How many batches of the fast phase are still to come."""
    begun = seen[0].second if seen else second
    return max(0, round((begun + policy.bake_fast_seconds - second) / policy.bake_batch_seconds))


def pause_seconds(policy: Policy, seen: Sequence[Batch], started: float, second: float) -> int:
    """How long to wait after a look that began and ended at these seconds since the shift: a whole number, for AWS."""
    if is_watched_closely(policy, seen, second):
        return SHORTEST_PAUSE_SECONDS
    due = started + policy.bake_interval_seconds
    if second < policy.bake_seconds:
        due = min(due, policy.bake_seconds)
    return max(SHORTEST_PAUSE_SECONDS, math.ceil(due - second))
