from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from traffic_switch import preflight
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage
from traffic_switch.model import Alarm, Live, RuleLook, State, Weights
from traffic_switch.preflight import Scene
from traffic_switch.verdict import Verdict

from tests.unit.switch_facts import BLUE_LIVE, GREEN_LIVE, target

BLUE_RULE, GREEN_RULE = RuleLook("arn:rule", Weights(100, 0)), RuleLook("arn:rule", Weights(0, 100))
SCENE = Scene(
    color=Color.GREEN,
    version="2",
    rule=BLUE_RULE,
    sticky=False,
    remembered=BLUE_LIVE,
    targets=[target()],
    alarms=[Alarm("green-errors", "OK")],
)


def test_a_clear_scene_passes() -> None:
    assert preflight.judge(SCENE).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rule": RuleLook("arn:rule", None, "a third target group")}, "a third target group"),
        ({"rule": replace(BLUE_RULE, misplaced="its priority is 50")}, "its priority is 50"),
        ({"sticky": True}, "stickiness is on"),
        ({"rule": RuleLook("arn:rule", Weights(50, 50))}, "somebody changed it"),
        ({"rule": RuleLook()}, "there is no production rule"),
        ({"remembered": None}, "the journal remembers nothing live"),
        ({"targets": []}, "has no targets"),
        ({"targets": [target(State.DRAINING)]}, "has no targets"),
        ({"alarms": [Alarm("green-errors", "ALARM")]}, "green-errors is in state ALARM"),
        ({"alarms": [Alarm("gone", "MISSING")]}, "gone is in state MISSING"),
    ],
)
def test_each_danger_refuses_with_its_reason(change: dict[str, object], words: str) -> None:
    judgment = preflight.judge(replace(SCENE, **change))  # type: ignore[arg-type]

    assert judgment.verdict is Verdict.FAIL
    assert words in judgment.reason


THROUGH = replace(BLUE_LIVE, version="3", door="3", door_at=1_000)


def test_a_version_behind_a_one_way_door_is_refused() -> None:
    judgment = preflight.judge(replace(SCENE, remembered=THROUGH, known=KnownImage(since=1.0)))

    assert judgment.verdict is Verdict.FAIL
    assert "2 lies behind the one-way door 3" in judgment.reason


@pytest.mark.parametrize(
    "change",
    [{"known": KnownImage(since=1_001.0)}, {"known": KnownImage(since=1.0), "undo_one_way": "3"}],
    ids=["a later version", "a person's word"],
)
def test_a_door_lets_pass_what_does_not_lead_back_or_may(change: dict[str, Any]) -> None:
    assert preflight.judge(replace(SCENE, remembered=THROUGH, **change)).verdict is Verdict.PASS


def test_the_word_for_another_door_does_not_count() -> None:
    scene = replace(SCENE, remembered=THROUGH, known=KnownImage(since=1.0), undo_one_way="2")

    assert preflight.judge(scene).verdict is Verdict.FAIL


def test_all_reasons_are_told_at_once() -> None:
    judgment = preflight.judge(replace(SCENE, sticky=True, targets=[]))

    assert "stickiness" in judgment.reason
    assert "no targets" in judgment.reason


def test_a_color_that_is_live_with_that_version_needs_nothing() -> None:
    scene = replace(SCENE, rule=GREEN_RULE, remembered=GREEN_LIVE)

    assert preflight.judge(scene).verdict is Verdict.NOOP


def test_the_live_color_with_another_version_is_judged_like_any_release() -> None:
    scene = replace(SCENE, rule=GREEN_RULE, remembered=Live(Color.GREEN, "1", Weights(0, 100)))

    assert preflight.judge(scene).verdict is Verdict.PASS


def test_drift_is_not_healed_by_releasing_the_remembered_color() -> None:
    scene = replace(SCENE, color=Color.BLUE, version="1", rule=RuleLook("arn:rule", Weights(50, 50)))

    judgment = preflight.judge(scene)

    assert judgment.verdict is Verdict.FAIL
    assert "`greenlight repair` puts it back" in judgment.reason


def test_the_very_first_release_has_nothing_to_compare_with() -> None:
    assert preflight.judge(replace(SCENE, rule=RuleLook(), remembered=None)).verdict is Verdict.PASS


def test_a_rule_as_the_journal_says_has_not_drifted() -> None:
    assert preflight.drift(BLUE_RULE, BLUE_LIVE) == ""
    assert preflight.drift(RuleLook(), None) == ""


def test_refusals_are_told_in_one_sentence() -> None:
    judgment = preflight.judge(replace(SCENE, sticky=True, targets=()))

    assert judgment.reason == (
        "stickiness is on, which would pin users to one color whatever the weights say: turn it off; "
        "the green target group has no targets: deploy a version to green first"
    )


def test_a_rule_of_which_the_journal_knows_nothing_is_told_with_what_to_do() -> None:
    assert preflight.drift(BLUE_RULE, None) == (
        "the production rule has blue 100, green 0, but the journal remembers nothing live: somebody made the rule, or "
        "the journal was lost. Delete the rule if nobody uses it, or restore the journal's table"
    )
