"""The act of two services that are released at once, one of them broken: in one deploy, and each in its own.

One deploy is one update of the release stack, which CloudFormation carries out or takes back as a whole
(docs/decisions/0002-the-release-stack-comes-last.md). What a broken service leaves alone, it leaves alone where each
has its own release, as `greenlight release` and the pipeline have it.

CloudFormation begins both releases of one deploy at once. The local one begins them one after the other, by name, and
none after one that failed: a good one that comes later by name is then not begun, and nothing of it is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping

from traffic_switch.contract import Color
from traffic_switch.model import Live

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import Flags, Script, attempt
from greenlight.rehearsal.acts.judging import (
    ended_as,
    no_request_failed,
    outcome_of,
    refused,
    shown,
    succeeded,
    touched_no_process,
)
from greenlight.rehearsal.acts.performance import Performance, Step
from greenlight.rehearsal.journal import JournalSeen
from greenlight.rehearsal.traffic.paths import profile_of
from greenlight.rehearsal.traffic.profile import write_profile

OTHERS = "users-of-the-other"
RATE, CONNECTIONS, LEAD_SECONDS = 20.0, 10, 1.0
BOTH, ONE, BROKEN = "both-services", "one-service", "broken-service"
NOT_BEGUN = [("release", "DONE")]
TAKEN_BACK = [("release", "DONE"), ("restore", "ROLLED_BACK"), ("release", "DONE")]
"""The switches of the good one, by whether the deploy of both began one."""
TRIES = {BOTH: 171, BROKEN: 172}
"""The attempt of each release of the broken version: the first one is taken back as well."""


def _both(script: Script) -> Mapping[str, str]:
    return {**attempt(TRIES[BOTH])(script), **_broken(BOTH)(script)}


def _one(script: Script) -> Mapping[str, str]:
    """The good one alone. The broken version leaves its color, so that it begins anew when it is tried again: once it
    had its traffic, the smoke test would find out about it.
    """
    return attempt(TRIES[BROKEN])(script)


def _other_alone(script: Script) -> Mapping[str, str]:
    return {**_one(script), **_broken(BROKEN)(script)}


def _broken(step: str) -> Flags:
    """The version that fails, onto the idle color of the second service: green, unless green had its turn."""

    def flags(script: Script) -> Mapping[str, str]:
        other, cast = script.others[0], script.cast
        color = Color.BLUE if other in script.played else Color.GREEN
        rest = cast.second if color is Color.BLUE else cast.first
        facts = {f"{color}_version": cast.errors, f"{color.other}_version": rest, "active_color": color.value}
        return {f"{other}.{name}": value for name, value in (facts | {"attempt": str(TRIES[step])}).items()}

    return flags


def _release_both(performance: Performance) -> None:
    """Under the load of both. Between its two tries the alarms of the broken service have to be quiet again."""
    stage = performance.stage
    profile = stage.place.profile(OTHERS)
    write_profile(profile_of(stage.settings.services[1], stage.settings.services), profile)
    with performance.more_load(OTHERS, profile=str(profile), rate=RATE, connections=CONNECTIONS):
        performance.pause(LEAD_SECONDS)
        performance.deploy(BOTH)
        performance.deploy(ONE)
        performance.calm()
        performance.deploy(BROKEN)
        performance.pause(LEAD_SECONDS)


def _one_is_released_alone(seen: Seen) -> Complaints:
    yield from refused(seen, BOTH, BROKEN)
    yield from succeeded(seen, ONE)
    if seen.steps.keys() >= {BOTH, ONE, BROKEN}:
        yield from _came_back_together(seen.steps[BOTH])
        yield from _left_the_other_alone(seen.steps[ONE])
        for step in TRIES:
            yield from _was_rolled_back(step, seen.steps[step])
        yield from _left_the_first_alone(seen, seen.steps[BROKEN])
        yield from _users_of_the_other(seen, _other(seen.steps[BOTH].before.others).live)
    yield from ended_as(seen, NOT_BEGUN, TAKEN_BACK)
    if seen.switch is None or seen.switch.outcome != "DONE" or seen.after == seen.before:
        yield f"the release of the good one ended with {outcome_of(seen)}, and {shown(seen.after)} is live"
    if not seen.records:
        yield "no request to the good one was recorded"
    yield from no_request_failed(seen)


def _came_back_together(step: Step) -> Complaints:
    """Journal and rule: neither alone says where the users are."""
    if step.after.live != step.before.live:
        yield f"{BOTH}: {shown(step.after.live)} is live, wanted {shown(step.before.live)}: a stack is one update"
    yield from _kept_its_rule(BOTH, step)


def _kept_its_rule(name: str, step: Step) -> Complaints:
    if (step.after.weights, step.after.rule_arn) != (step.before.weights, step.before.rule_arn):
        yield f"{name}: the rule of the good one was changed to {step.after.weights}"


def _left_the_other_alone(step: Step) -> Complaints:
    """Nobody asked for the broken one."""
    before, after = _other(step.before.others), _other(step.after.others)
    if after.switches != before.switches:
        yield f"{ONE}: a switch of the broken one was begun: {after.switches[-1:]}"
    if after.live != before.live:
        yield f"{ONE}: of the broken one {shown(after.live)} is live, wanted {shown(before.live)}"


def _was_rolled_back(name: str, step: Step) -> Complaints:
    """By its own switch, in its bake."""
    before, after = _other(step.before.others), _other(step.after.others)
    known = {switch.id for switch in before.switches}
    releases = [each for each in after.switches if each.id not in known and each.mode == "release"]
    if [each.outcome for each in releases] != ["ROLLED_BACK"]:
        ended = [f"{each.outcome} ({each.reason})" for each in releases]
        yield f"{name}: the broken one's release ended as {ended}, wanted ROLLED_BACK"
    elif "bake" not in releases[0].reason.lower():
        yield f"{name}: the message does not name the bake: {releases[0].reason}"
    if after.live != before.live:
        yield f"{name}: of the broken one {shown(after.live)} is live, wanted {shown(before.live)}"


def _left_the_first_alone(seen: Seen, step: Step) -> Complaints:
    yield from touched_no_process(seen, BROKEN)
    yield from _kept_its_rule(BROKEN, step)
    if begun := step.after.since(step.before):
        yield f"{BROKEN}: a switch of the good one was begun: {begun[0]}"


def _users_of_the_other(seen: Seen, live: Live | None) -> Complaints:
    """They were given something of the broken version, and at the end good answers of the one before alone."""
    records = seen.more_records.get(OTHERS, ())
    old = live.color if live else None
    end = max((record.due_at for record in records), default=0.0)
    last = [record for record in records if record.due_at > end - LEAD_SECONDS]
    if not last or any(record.outcome.failed or record.color is not old for record in last):
        yield f"the last {len(last)} requests to the broken one were not all answered well by {old}"
    if all(record.color is old and not record.outcome.failed for record in records):
        yield "no user was given anything of the broken one, so nothing was proved"


def _other(journals: Mapping[str, JournalSeen]) -> JournalSeen:
    return next(iter(journals.values()))


TWO_SERVICES = (
    Act(
        name="two-services",
        claim="Of two services released at once the broken one is rolled back by its own switch. In one deploy neither"
        " is live afterwards; where each has its own, the other one is, untouched. None of its users notices.",
        scenes=("undo",),
        leaves="",
        flags={BOTH: _both, ONE: _one, BROKEN: _other_alone},
        perform=_release_both,
        complaints=_one_is_released_alone,
        new_color=Color.GREEN,
        services=2,
    ),
)
