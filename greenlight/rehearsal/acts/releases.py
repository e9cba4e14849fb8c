"""The four acts of every rehearsal: a release, the way back, and two versions that must not stay.

None of them fails by chance. `errors` plants 10 % of failures, each request on its own, from the 51st on. The bake
sends 480 requests of its own in its first three seconds (`bake_probe_rate` 160), so that 430 may fail; 15 failures
among them are enough for its verdict at a limit of 1 %. Fewer than 15 of 430 come with a probability of 9 in 100
million (binomial; tests/unit/test_act_errors.py works it out for the settings as they are). Users' requests only add.
"""

from __future__ import annotations

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import ERRORS, RELEASE, UNDO, UNHEALTHY
from greenlight.rehearsal.acts.judging import (
    had_traffic,
    is_released,
    is_taken_back,
    no_request_failed,
    nobody_reached,
    nothing_new_is_live,
    outcome_of,
    traffic_came_back,
)
from greenlight.rehearsal.acts.performance import Performance, deployed

CIRCUIT_BREAKER = "ECS Deployment Circuit Breaker was triggered"
"""What CloudFormation says when ECS gives a deployment up."""


def _undo(performance: Performance) -> None:
    """One command, as an operator types it."""
    performance.stage.await_assembly("undo")
    assembly = str(performance.stage.place.assembly("undo"))
    performance.greenlight("rollback", "rollback", "--yes", "--app", assembly)


def _is_refused(seen: Seen) -> Complaints:
    """Who looks first refuses: ECS before a switch begins, or the gate where Docker runs whatever it is given."""
    yield from _is_refused_by_ecs(seen) if seen.compute == "fargate" else _is_refused_by_the_gate(seen)
    yield from nobody_reached(Color.GREEN, seen)
    yield from no_request_failed(seen)


def _is_refused_by_ecs(seen: Seen) -> Complaints:
    """The compute stack fails and is taken back; the release stack, which comes after it, is never reached."""
    if not seen.outcome.code:
        yield "the deploy succeeded, wanted a failure"
    elif CIRCUIT_BREAKER not in seen.outcome.output + seen.outcome.why:
        yield f"it was not ECS's circuit breaker that refused it: {seen.outcome.why}"
    if seen.compute_status != "UPDATE_ROLLBACK_COMPLETE":
        yield f"the compute stack is {seen.compute_status}, wanted UPDATE_ROLLBACK_COMPLETE"
    if seen.switches:
        yield "a switch was begun, although the version never ran well"
    yield from nothing_new_is_live(seen)


def _is_refused_by_the_gate(seen: Seen) -> Complaints:
    yield from is_taken_back(seen)
    if seen.switch is None or not seen.switch.reached("gate") or seen.switch.reached("smoke"):
        yield f"the gate did not refuse it: {seen.switch.reason if seen.switch else 'no switch was started'}"
    elif seen.switch.outcome != "UNCHANGED":
        yield f"the switch ended with {outcome_of(seen)}, wanted UNCHANGED"


def _is_rolled_back(seen: Seen) -> Complaints:
    yield from is_taken_back(seen)
    switch = seen.switch
    if switch is None or switch.outcome != "ROLLED_BACK":
        yield f"the switch ended with {outcome_of(seen)}, wanted ROLLED_BACK"
    elif "bake" not in switch.reason.lower():
        yield f"the message does not name the bake: {switch.reason}"
    elif not switch.has_evidence:
        yield "no evidence was kept"
    yield from had_traffic(Color.GREEN, seen)
    yield from traffic_came_back(seen)


RELEASES = (
    Act(
        name="release",
        claim="A new version replaces the live one under load, without one failed request.",
        scenes=("first", "undo", "broken"),
        leaves="release",
        flags={"release": RELEASE},
        perform=deployed("release"),
        complaints=is_released,
        new_color=Color.GREEN,
    ),
    Act(
        name="undo",
        claim="The operator takes a finished release back with one command, without one failed request.",
        scenes=("release",),
        leaves="undo",
        flags={"undo": UNDO},
        perform=_undo,
        complaints=is_released,
        new_color=Color.BLUE,
    ),
    Act(
        name="unhealthy",
        claim="A version whose /health answers 500 is refused before traffic moves, and no request ever reaches it.",
        scenes=("undo", "first", "broken"),
        leaves="broken",
        flags={"unhealthy": UNHEALTHY},
        perform=deployed("unhealthy"),
        complaints=_is_refused,
        idle=Color.GREEN,
    ),
    Act(
        name="errors",
        claim="A version that fails 10 % of requests once it has traffic loses the traffic again by itself.",
        scenes=("undo", "first", "broken"),
        leaves="broken",
        flags={"errors": ERRORS},
        perform=deployed("errors"),
        complaints=_is_rolled_back,
        rolls_back=True,
    ),
)
