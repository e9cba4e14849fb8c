"""Acts about what goes on around releases: hand edits, deploys of other things, and a release that is tried again."""

from __future__ import annotations

from collections.abc import Iterable

from traffic_switch.contract import Color
from traffic_switch.model import Weights

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import STALE, UNDO, attempt, unrelated
from greenlight.rehearsal.acts.judging import (
    is_released,
    no_request_failed,
    nothing_new_is_live,
    outcome_of,
    refused,
    succeeded,
    touched_no_process,
)
from greenlight.rehearsal.acts.performance import Meanwhile, Performance, client, ours
from greenlight.rehearsal.snapshot import Message

EDITED = Weights(50, 50)
DRIFT_SECONDS, PATIENT_DRIFT_SECONDS = 60.0, 600.0
"""Within this the scheduled look has noticed a hand edit, in seconds and in production's own time."""


def _drift(performance: Performance) -> None:
    _edit_the_rule(performance)
    patience = PATIENT_DRIFT_SECONDS if performance.stage.real_time else DRIFT_SECONDS
    performance.until(lambda seen: _is_told(seen.messages_since(performance.before)), patience)
    performance.note("edited")
    performance.deploy("unrelated")
    performance.deploy("drifted")
    performance.greenlight("repair", "repair", "--yes")


def _is_told(messages: Iterable[Message]) -> bool:
    return any(message.is_page and "drift" in message.subject for message in messages)


def _edit_the_rule(performance: Performance) -> None:
    """As somebody in the console would, past everything that Greenlight has."""
    lookout = performance.lookout
    groups = [{"TargetGroupArn": lookout.group(color), "Weight": EDITED.of(color)} for color in Color]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    client("elbv2").modify_rule(RuleArn=lookout.rule()[0], Actions=[action])


def _drift_is_told_and_repaired(seen: Seen) -> Complaints:
    if not _is_told(seen.messages):
        yield "nobody was told that the rule had been edited"
    yield from succeeded(seen, "unrelated", "repair")
    yield from refused(seen, "drifted")
    for step in ("edited", "unrelated", "drifted"):
        if seen.steps[step].after.weights != EDITED:
            yield f"{step}: the weights are {seen.steps[step].after.weights}, wanted {EDITED}: only a repair writes"
    yield from _preflight_said(str(EDITED), seen)
    if "REPAIRED" not in [switch.outcome for switch in seen.switches]:
        yield "no switch ended with REPAIRED"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)


def _preflight_said(words: str, seen: Seen) -> Complaints:
    if seen.switch is None or seen.switch.outcome != "UNCHANGED" or not seen.switch.reached("preflight"):
        yield f"the release ended with {outcome_of(seen)}, wanted UNCHANGED by the preflight"
    elif words not in seen.switch.reason:
        yield f"the refusal does not say what the rule is like: {seen.switch.reason}"


def _unrelated_deploy(performance: Performance) -> None:
    performance.deploy("unrelated")


def _changes_nothing(seen: Seen) -> Complaints:
    yield from succeeded(seen, "unrelated")
    step = seen.steps["unrelated"]
    if step.outcome.output.count("(no changes)") == step.outcome.output.count("✅"):
        yield "the deploy changed nothing at all, so nothing was proved"
    if (step.after.weights, step.after.rule_arn) != (step.before.weights, step.before.rule_arn):
        yield f"the rule was changed from {step.before.weights} to {step.after.weights}"
    yield from touched_no_process(seen, "unrelated")
    yield from _nothing_was_asked_for(seen)


def _stale_deploy(performance: Performance) -> None:
    performance.deploy("stale")


def _is_refused_untouched(seen: Seen) -> Complaints:
    yield from refused(seen, "stale")
    if "is live with version" not in " ".join(seen.steps["stale"].outcome.output.split()):
        yield f"the refusal does not say that the color is live: {seen.steps['stale'].outcome.why}"
    yield from touched_no_process(seen, "stale")
    yield from _nothing_was_asked_for(seen)


def _nothing_was_asked_for(seen: Seen) -> Complaints:
    if seen.switches:
        yield f"a switch was begun: {seen.switches[0]}"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)


def _retry(performance: Performance) -> None:
    performance.deploy("aborted", meanwhile=Meanwhile("bake", _abort))
    performance.deploy("retried")


def _abort(performance: Performance) -> None:
    performance.beside("abort", ours("abort", "--reason", "the rehearsal wants to see it again"))


def _succeeds_the_second_time(seen: Seen) -> Complaints:
    yield from succeeded(seen, "abort", "retried")
    yield from refused(seen, "aborted")
    ended = [switch.outcome for switch in seen.switches if switch.mode == "release"]
    if ended != ["ROLLED_BACK", "DONE"]:
        yield f"the releases ended as {ended}, wanted ROLLED_BACK, then DONE"
    yield from is_released(seen)


def _rotation(performance: Performance) -> None:
    """The smoke test comes while the load balancer still learns the new secret; the way back uses it."""
    performance.deploy("rotated", meanwhile=Meanwhile("gate", _rotate))
    performance.deploy("undo")


def _rotate(performance: Performance) -> None:
    performance.beside("rotate", ours("rotate-preview"))


def _disturbs_no_release(seen: Seen) -> Complaints:
    yield from succeeded(seen, "rotated", "rotate", "undo")
    if "rotate" in seen.steps and "rotated: " not in seen.steps["rotate"].outcome.output:
        yield f"the command does not say what it rotated: {seen.steps['rotate'].outcome.output}"
    ended = [switch.outcome for switch in seen.switches]
    if ended != ["DONE", "DONE"]:
        yield f"the releases ended as {ended}, wanted DONE, and DONE again"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)


UPKEEP = (
    Act(
        name="unrelated-deploy",
        claim="A deploy of something else changes no weight, no rule and no process.",
        scenes=("undo",),
        leaves="unrelated",
        flags={"unrelated": unrelated},
        perform=_unrelated_deploy,
        complaints=_changes_nothing,
    ),
    Act(
        name="stale-deploy",
        claim="A deploy that would replace the live color is refused before any container is touched.",
        scenes=("undo", "unrelated"),
        leaves="undo",
        flags={"stale": STALE},
        perform=_stale_deploy,
        complaints=_is_refused_untouched,
    ),
    Act(
        name="drift",
        claim="A rule that was edited by hand is reported, stops releases, and goes back with one command alone.",
        scenes=("undo",),
        leaves="undo-green",
        flags={"unrelated": unrelated, "drifted": attempt(61)},
        perform=_drift,
        complaints=_drift_is_told_and_repaired,
    ),
    Act(
        name="retry",
        claim="A release that was rolled back succeeds when it is asked for again with a higher attempt.",
        scenes=("undo", "undo-green"),
        leaves="release-at-last",
        flags={"aborted": attempt(41, patient=True), "retried": attempt(42)},
        perform=_retry,
        complaints=_succeeds_the_second_time,
        new_color=Color.GREEN,
    ),
    Act(
        name="rotation",
        claim="A release during which the preview secret is rotated goes on, and the next one uses the new secret.",
        scenes=("undo", "undo-green"),
        leaves="undo",
        flags={"rotated": attempt(81), "undo": UNDO},
        perform=_rotation,
        complaints=_disturbs_no_release,
    ),
)
