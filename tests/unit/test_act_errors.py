"""The act `errors` does not fail by chance: what it plants is found by the bake of a rehearsal, all but surely."""

from __future__ import annotations

from dataclasses import fields
from math import comb

from traffic_switch.config import Policy
from traffic_switch.judging.bake import surely_bad
from traffic_switch.judging.looks import Batch

from greenlight.project import Project
from greenlight.rehearsal.pace import QUICK

PLANTED = 0.1
QUIET = 50
"""Requests before the first failure: `QUIET_REQUESTS` of the fault."""


def policy() -> Policy:
    settings = Project.here().settings(dict(QUICK))
    return Policy(**{field.name: getattr(settings, field.name) for field in fields(Policy)})


def batches(policy: Policy, bad: int) -> list[Batch]:
    """The bake's own requests of its first seconds; the bad ones are spread evenly over those that may be bad."""
    size = policy.batch_requests
    count = round(policy.bake_fast_seconds / policy.bake_batch_seconds)
    quiet = -(-QUIET // size)
    loud = count - quiet
    shares = [0] * quiet + [(number + 1) * bad // loud - number * bad // loud for number in range(loud)]
    return [Batch(number * policy.bake_batch_seconds, size, share, 0) for number, share in enumerate(shares)]


def test_the_planted_failures_are_missed_less_often_than_once_in_10_000() -> None:
    """The bake's own requests alone: users' are as many again and more, and can only help."""
    ours = policy()
    requests = sum(batch.requests for batch in batches(ours, 0)) - QUIET
    enough = next(bad for bad in range(requests) if surely_bad(batches(ours, bad), ours))

    missed = sum(comb(requests, bad) * PLANTED**bad * (1 - PLANTED) ** (requests - bad) for bad in range(enough))

    assert requests > 200
    assert missed < 1e-4, f"{enough} of {requests} are enough; fewer come with a probability of {missed:.1e}"


def test_the_fault_plants_what_the_arithmetic_says() -> None:
    fault = (Project.here().folder / "greenlight/rehearsal/runner/faults/errors.mjs").read_text()

    assert f"QUIET_REQUESTS = {QUIET};" in fault
    assert f"SHARE = {PLANTED};" in fault
