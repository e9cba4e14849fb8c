"""What several acts are judged by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from traffic_switch.contract import Color
from traffic_switch.model import Live

from greenlight.rehearsal.acts.act import Complaints, Seen


def is_released(seen: Seen) -> Complaints:
    """The last command released something, and no user noticed."""
    if seen.outcome.code:
        yield f"the deploy failed: {seen.outcome.why}"
    if seen.stack_status != "UPDATE_COMPLETE":
        yield f"the release stack is {seen.stack_status}, wanted UPDATE_COMPLETE"
    if seen.switch is None or seen.switch.outcome != "DONE":
        yield f"the switch ended with {outcome_of(seen)}, wanted DONE"
    if seen.after == seen.before:
        yield f"{shown(seen.after)} is still live"
    yield from no_request_failed(seen)


def is_taken_back(seen: Seen) -> Complaints:
    """The last command failed, and what was live before is live."""
    if not seen.outcome.code:
        yield "the deploy succeeded, wanted a failure"
    if seen.stack_status != "UPDATE_ROLLBACK_COMPLETE":
        yield f"the release stack is {seen.stack_status}, wanted UPDATE_ROLLBACK_COMPLETE"
    yield from nothing_new_is_live(seen)


def nothing_new_is_live(seen: Seen) -> Complaints:
    """What was live before is live."""
    if seen.after != seen.before:
        yield f"{shown(seen.after)} is live, wanted {shown(seen.before)}"


def traffic_came_back(seen: Seen) -> Complaints:
    """Every request of the last second was answered by the color that was live before, and well."""
    old = seen.before.color if seen.before else None
    wrong = [record for record in seen.last_stretch if record.color is not old or record.outcome.failed]
    if not seen.last_stretch or wrong:
        yield f"{len(wrong)} of the last {len(seen.last_stretch)} requests did not get a good answer from {old}"


def no_request_failed(seen: Seen) -> Complaints:
    """No user noticed anything."""
    if seen.failed_requests:
        yield f"{seen.failed_requests} requests failed, wanted 0"


def nobody_reached(color: Color, seen: Seen) -> Complaints:
    """No user got an answer from a color."""
    if answered := seen.answered_by(color):
        yield f"the idle color answered {answered} requests, wanted 0"


def had_traffic(color: Color, seen: Seen) -> Complaints:
    """Users got answers from a color, so that there was something to take back."""
    if not seen.answered_by(color):
        yield f"{color} never had traffic, so nothing was proved"


def succeeded(seen: Seen, *steps: str) -> Complaints:
    """These commands were given, and ended well."""
    for step in steps:
        if step not in seen.steps:
            yield f"{step}: its time never came"
        elif seen.steps[step].outcome.code:
            yield f"{step}: it failed: {seen.steps[step].outcome.why}"


def refused(seen: Seen, *steps: str) -> Complaints:
    """These commands were given, and failed."""
    for step in steps:
        if step not in seen.steps:
            yield f"{step}: its time never came"
        elif not seen.steps[step].outcome.code:
            yield f"{step}: it succeeded, wanted a failure"


def ended_as(seen: Seen, *ways: Sequence[tuple[str, str]]) -> Complaints:
    """The switches of the act, in their order: the mode of each, and its outcome. There may be several right ways."""
    ended = [(switch.mode, switch.outcome) for switch in seen.switches]
    if ended not in [list(way) for way in ways]:
        yield f"the switches ended as {_list(ended)}, wanted {' or '.join(map(_list, ways))}"


def touched_no_process(seen: Seen, *steps: str) -> Complaints:
    """The same processes ran after these steps as before."""
    for step in steps:
        if step in seen.steps and seen.steps[step].after.processes != seen.steps[step].before.processes:
            yield f"{step}: a process was restarted"


def _list(switches: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{mode} {outcome or 'unended'}" for mode, outcome in switches) or "none"


def outcome_of(seen: Seen) -> str:
    """The outcome of the newest release, for people."""
    return seen.switch.outcome or "no outcome" if seen.switch else "nothing"


def shown(live: Live | None) -> str:
    """What is live, for people."""
    return f"{live.color} {live.version}" if live else "nothing"
