"""What a command's state means, and when a color may leave the host it came from: facts in, judgment out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traffic_switch.model import State, Target
from traffic_switch.verdict import Judgment, failed, passed, wait

from host_color.model import HostColor, Place

TAIL_LINES = 5
TAIL_CHARACTERS = 600
"""How much of a command's output goes into the reason: CloudFormation cuts what is longer than a screen anyway."""

ABSENT = "not registered"

UNDERWAY = ("Pending", "InProgress", "Delayed", "Cancelling")


@dataclass(frozen=True)
class Invocation:
    """A command on one instance as GetCommandInvocation shows it."""

    status: str
    output: str


def judge_command(invocation: Invocation | None) -> Judgment:
    """Judge one look at a command. Right after it was sent, Systems Manager may not know it yet (None)."""
    if invocation is None or invocation.status in UNDERWAY:
        return wait("the command has not ended")
    if invocation.status == "Success":
        return passed("the command succeeded")
    said = tail(invocation.output)
    return failed(f"the command ended as {invocation.status}" + (f": {said}" if said else " and said nothing"))


def runs_already(invocation: Invocation, color: HostColor) -> bool:
    """Whether the host says that nothing is to be done: the words are those of run-color.sh."""
    return f"greenlight: {color.name} runs {color.image} already" in invocation.output.splitlines()


def judge_move(targets: Sequence[Target], new: Place, old: Place, patience_left: bool) -> Judgment:
    """Say whether the old place may be given up: when the new one is healthy, or when there is nothing to lose.

    A color that is unhealthy in both places is no reason to keep a host; one that is healthy in the old place alone is.
    """
    arrived = _state(targets, new)
    if arrived == State.HEALTHY:
        return passed(f"{new} is healthy")
    if patience_left:
        return wait(f"{new} is {arrived}")
    if _state(targets, old) == State.HEALTHY:
        return failed(f"{new} is {arrived} while {old}, which it would replace, is healthy")
    return passed(f"{new} is {arrived}, and so was {old}")


def registered(targets: Sequence[Target], place: Place) -> bool:
    """Whether the load balancer has the place, and does not give it up."""
    return _state(targets, place) not in (ABSENT, State.DRAINING)


def drained(targets: Sequence[Target], place: Place) -> bool:
    """Whether the load balancer has no more requests for a place that was deregistered."""
    return _state(targets, place) != State.DRAINING


def tail(output: str) -> str:
    """Return the last lines of an output, where the error is."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " / ".join(lines[-TAIL_LINES:])[-TAIL_CHARACTERS:]


def _state(targets: Sequence[Target], place: Place) -> str:
    for target in targets:
        if (target.id, target.port) == (place.instance_id, place.port):
            return target.state
    return ABSENT
