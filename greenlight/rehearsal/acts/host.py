"""The act of an EC2 host that grew old: a new one takes its place under load."""

from __future__ import annotations

from collections.abc import Mapping

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import UNDO, Script
from greenlight.rehearsal.acts.judging import no_request_failed, nothing_new_is_live, succeeded
from greenlight.rehearsal.acts.performance import Performance, ours
from stacks.options.compute import RENEWED_AT

RENEWED = "renewed"
TIME = "2026-11-22T10:55Z"


def _renewed(script: Script) -> Mapping[str, str]:
    return {**UNDO(script), RENEWED_AT: TIME}


def _renew(performance: Performance) -> None:
    performance.stage.await_assembly(RENEWED)
    app = str(performance.stage.place.assembly(RENEWED))
    performance.run(RENEWED, ours("renew-host", "--yes", "--app", app))


def _is_replaced(seen: Seen) -> Complaints:
    yield from succeeded(seen, RENEWED)
    step = seen.steps[RENEWED]
    for color in Color:
        if not step.after.processes[color] or step.after.processes[color] & step.before.processes[color]:
            yield f"{color} was not started on another host"
    if seen.compute_status != "UPDATE_COMPLETE":
        yield f"the stack of the host is {seen.compute_status}, wanted UPDATE_COMPLETE"
    if seen.switches:
        yield f"a switch was begun: {seen.switches[0]}"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)


HOST = (
    Act(
        name="renew-host",
        claim="A new host takes the place of the old one, with both colors, without one failed request.",
        scenes=("undo",),
        leaves="",
        flags={RENEWED: _renewed},
        perform=_renew,
        complaints=_is_replaced,
        moves=True,
        compute="ec2",
    ),
)
