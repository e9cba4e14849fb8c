"""Acts in which somebody or something comes between a release and its end."""

from __future__ import annotations

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import attempt, rival
from greenlight.rehearsal.acts.judging import (
    ended_as,
    had_traffic,
    is_released,
    is_taken_back,
    no_request_failed,
    refused,
    shown,
    succeeded,
    touched_no_process,
    traffic_came_back,
)
from greenlight.rehearsal.acts.performance import Meanwhile, Performance, client, destruction, ours

CANCELLED = (
    (("release", "TAKEN_OVER"), ("restore", "ROLLED_BACK")),
    (("release", "ROLLED_BACK"), ("restore", "UNCHANGED")),
)
DELETED = (
    (("remove", "REMOVED"), ("release", "TAKEN_OVER"), ("remove", "REMOVED")),
    (("remove", "REMOVED"), ("release", "ROLLED_BACK"), ("remove", "REMOVED")),
)
"""Whoever comes later stops the execution of the one that is there, and takes its lock. Settle hears of the stop, and
may be faster: then it ends that switch itself. Both are right.
"""
PUBLIC_SECONDS = 1.0
"""How long a removed rule stays away under load, so that the record shows it."""


def _killed(performance: Performance) -> None:
    for state, assembly in (("Shift", "killed-in-shift"), ("Bake", "killed-in-bake")):
        performance.stage.tell("stops", {"state": state, "cause": f"stopped in {state}, by the rehearsal"})
        performance.deploy(assembly)


def _is_settled(seen: Seen) -> Complaints:
    """Whether the rule was written before the stop reached it is a race in the shift, and none in the bake."""
    yield from refused(seen, "killed-in-shift", "killed-in-bake")
    wanted = ({"ROLLED_BACK", "UNCHANGED"}, {"ROLLED_BACK"})
    releases = [switch for switch in seen.switches if switch.mode == "release"]
    if len(releases) != len(wanted):
        yield f"{len(releases)} releases were begun, wanted {len(wanted)}"
    for release, outcomes in zip(releases, wanted, strict=False):
        if release.outcome not in outcomes or "stopped in" not in release.reason:
            yield f"the {release} ended with {release.outcome}, wanted {max(outcomes)}: {release.reason}"
    yield from is_taken_back(seen)
    yield from traffic_came_back(seen)
    yield from no_request_failed(seen)


def _cancelled(performance: Performance) -> None:
    performance.deploy("cancelled", meanwhile=Meanwhile("bake", _cancel))


def _cancel(performance: Performance) -> None:
    client("cloudformation").cancel_update_stack(StackName=performance.stage.settings.names.stack("Release"))
    performance.stage.progress.note("cancelled the update of GreenlightRelease")


def _is_cancelled(seen: Seen) -> Complaints:
    yield from is_taken_back(seen)
    yield from ended_as(seen, *CANCELLED)
    yield from had_traffic(Color.GREEN, seen)
    yield from traffic_came_back(seen)
    yield from no_request_failed(seen)


def _two_at_once(performance: Performance) -> None:
    performance.stage.await_assembly("rival")
    performance.deploy("first-of-two", meanwhile=Meanwhile("shift", _second))


def _second(performance: Performance) -> None:
    """Another release, and a repair, while the first release has traffic; neither waits for the first to end."""
    performance.beside("rival", performance.deployment("rival"))
    performance.beside("repair-meanwhile", ours("repair", "--yes"))


def _second_was_refused(seen: Seen) -> Complaints:
    yield from refused(seen, "rival", "repair-meanwhile")
    yield from touched_no_process(seen, "rival", "repair-meanwhile")
    others = [str(switch) for switch in seen.switches if switch.mode == "release"][1:]
    if others:
        yield f"a second release was begun: {', '.join(others)}"
    yield from is_released(seen)


def _deleted(performance: Performance) -> None:
    performance.destroy("removed", "undo")
    performance.pause(PUBLIC_SECONDS)
    performance.deploy("deleted", meanwhile=Meanwhile("bake", _destroy))


def _destroy(performance: Performance) -> None:
    performance.beside("destroyed", destruction(performance.stage, "deleted"))


def _nothing_is_left(seen: Seen) -> Complaints:
    yield from succeeded(seen, "removed", "destroyed")
    yield from ended_as(seen, *DELETED)
    for step in ("removed", "deleted"):
        if seen.steps[step].after.rule_arn:
            yield f"{step}: the production rule is still there"
    if seen.after:
        yield f"the journal still remembers {shown(seen.after)} as live"
    if seen.stack_status:
        yield f"the release stack is still there: {seen.stack_status}"
    yield from had_traffic(Color.GREEN, seen)
    if any(not record.outcome.failed for record in seen.last_stretch):
        yield "users still get answers, although there is no rule"


INTERRUPTIONS = (
    Act(
        name="killed",
        claim="A release whose execution is stopped, in the shift or in the bake, is taken back by itself.",
        scenes=("undo",),
        leaves="undo-green",
        flags={"killed-in-shift": attempt(11), "killed-in-bake": attempt(12)},
        perform=_killed,
        complaints=_is_settled,
    ),
    Act(
        name="cancelled",
        claim="A release whose stack update is cancelled in the bake gives the traffic back by itself.",
        scenes=("undo", "undo-green"),
        leaves="undo-green",
        flags={"cancelled": attempt(21, patient=True)},
        perform=_cancelled,
        complaints=_is_cancelled,
    ),
    Act(
        name="two-at-once",
        claim="Of two releases at once one is refused, and touches nothing; the other one ends as if it were alone.",
        scenes=("undo", "undo-green"),
        leaves="release-at-last",
        flags={"first-of-two": attempt(31, patient=True), "rival": rival},
        perform=_two_at_once,
        complaints=_second_was_refused,
        new_color=Color.GREEN,
    ),
    Act(
        name="deleted",
        claim="A release stack that is destroyed while it bakes leaves no rule, no lock and no running switch.",
        scenes=("undo", "undo-green"),
        leaves="",
        flags={"deleted": attempt(51, patient=True)},
        perform=_deleted,
        complaints=_nothing_is_left,
    ),
)
