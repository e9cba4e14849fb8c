"""The four acts of every rehearsal, in the order in which each begins where the one before ended."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from traffic_switch.contract import Color
from traffic_switch.model import Live

from greenlight.rehearsal.acts.act import Act, Complaints, Seen, deployed_from
from greenlight.rehearsal.stage import Outcome, Stage
from greenlight.rehearsal.versions import Cast


def _flags(color: Color | None, green: Callable[[Cast], str]) -> Callable[[str, Cast], Mapping[str, str]]:
    def flags(service: str, cast: Cast) -> Mapping[str, str]:
        versions = {f"{service}.blue_version": cast.first, f"{service}.green_version": green(cast)}
        return {**versions, f"{service}.active_color": color.value} if color else versions

    return flags


FIRST = _flags(None, lambda cast: cast.first)
"""The flags of the very first deployment: the same version on both colors, and no color asked for."""


def _is_released(seen: Seen) -> Complaints:
    if seen.outcome.code:
        yield f"the deploy failed: {seen.outcome.why}"
    if seen.stack_status != "UPDATE_COMPLETE":
        yield f"the release stack is {seen.stack_status}, wanted UPDATE_COMPLETE"
    if seen.after == seen.before:
        yield f"{_shown(seen.after)} is still live"
    if seen.failed_requests:
        yield f"{seen.failed_requests} requests failed, wanted 0"


def _is_taken_back(seen: Seen) -> Complaints:
    if not seen.outcome.code:
        yield "the deploy succeeded, wanted a failure"
    if seen.stack_status != "UPDATE_ROLLBACK_COMPLETE":
        yield f"the release stack is {seen.stack_status}, wanted UPDATE_ROLLBACK_COMPLETE"
    if seen.after != seen.before:
        yield f"{_shown(seen.after)} is live, wanted {_shown(seen.before)}"


def _is_refused(seen: Seen) -> Complaints:
    yield from _is_taken_back(seen)
    if seen.switch is None or "gate" not in seen.switch.phases or "smoke" in seen.switch.phases:
        yield f"the gate did not refuse it: {seen.switch.reason if seen.switch else 'no switch was started'}"
    if answered := seen.answered_by(Color.GREEN):
        yield f"the idle color answered {answered} requests, wanted 0"
    if seen.failed_requests:
        yield f"{seen.failed_requests} requests failed, wanted 0"


def _is_rolled_back(seen: Seen) -> Complaints:
    yield from _is_taken_back(seen)
    switch = seen.switch
    if switch is None or switch.outcome != "ROLLED_BACK":
        yield f"the switch ended with {switch.outcome if switch else 'nothing'}, wanted ROLLED_BACK"
    elif "bake" not in switch.reason.lower():
        yield f"the message does not name the bake: {switch.reason}"
    elif not switch.evidence:
        yield "no evidence was kept"
    if not seen.answered_by(Color.GREEN):
        yield "the broken version never had traffic, so nothing was proved"


def _rolled_back_by_the_operator(stage: Stage, look: Callable[[], None]) -> Outcome:
    """One command, in the project's copy, as an operator types it."""
    stage.await_assembly("undo")
    command = [sys.executable, "-m", "greenlight", "rollback", "--yes", "--app", str(stage.place.assembly("undo"))]
    return stage.run(command, "rollback", look)


def _shown(live: Live | None) -> str:
    return f"{live.color} {live.version}" if live else "nothing"


REPERTOIRE = (
    Act(
        name="release",
        claim="A new version replaces the live one under load, without one failed request.",
        starts_on=Color.BLUE,
        assembly="release",
        flags=_flags(Color.GREEN, lambda cast: cast.second),
        perform=deployed_from("release"),
        complaints=_is_released,
        new_color=Color.GREEN,
    ),
    Act(
        name="undo",
        claim="The operator takes a finished release back with one command, without one failed request.",
        starts_on=Color.GREEN,
        assembly="undo",
        flags=_flags(Color.BLUE, lambda cast: cast.second),
        perform=_rolled_back_by_the_operator,
        complaints=_is_released,
        new_color=Color.BLUE,
    ),
    Act(
        name="unhealthy",
        claim="A version whose /health answers 500 is refused by the gate, and no request ever reaches it.",
        starts_on=Color.BLUE,
        assembly="unhealthy",
        flags=_flags(Color.GREEN, lambda cast: cast.unhealthy),
        perform=deployed_from("unhealthy"),
        complaints=_is_refused,
    ),
    Act(
        name="errors",
        claim="A version that fails 5 % of requests once it has traffic loses the traffic again by itself.",
        starts_on=Color.BLUE,
        assembly="errors",
        flags=_flags(Color.GREEN, lambda cast: cast.errors),
        perform=deployed_from("errors"),
        complaints=_is_rolled_back,
    ),
)
