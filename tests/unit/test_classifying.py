from __future__ import annotations

from dataclasses import replace
from typing import Any

from traffic_switch.asking import Ask
from traffic_switch.classifying import MAX_EVENT_AGE_SECONDS, Meaning, Scene, classify
from traffic_switch.contract import Color
from traffic_switch.journal import Answer, Properties, Record
from traffic_switch.model import Mode, Outcome

from tests.unit.switch_facts import BLUE_LIVE, switch

OLD, NEW = "old", "new"
FORWARD, BACK = "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"
ASK = Ask("r2", "Update", "shop", "arn:stack/Shop", "arn:stack", Properties(OLD, NEW), "green", "2", {})
SUCCESS, FAILED = Answer("SUCCESS", ""), Answer("FAILED", "")


def meant(ask: Ask = ASK, newest: Record | None = None, status: str = FORWARD, **scene: Any) -> Meaning:
    facts = {"live": BLUE_LIVE, "drift": "", "now": 1_000.0, **scene}
    return classify(ask, Scene(newest, status, **facts))


def earlier(properties: Properties, mode: Mode = Mode.RELEASE, answer: Answer | None = None, **more: Any) -> Record:
    return Record(switch(mode, id="r1", **more), 990.0, properties=properties, answer=answer)


REVERSED = Properties(NEW, OLD)


def test_a_deletion_is_a_removal_whatever_came_before() -> None:
    meaning = meant(replace(ASK, kind="Delete"), earlier(REVERSED), status="")

    assert meaning.switch.mode is Mode.REMOVE
    assert meaning.answer is None


def test_a_stack_that_goes_forward_asks_for_a_release() -> None:
    meaning = meant(newest=earlier(Properties("older", OLD), answer=SUCCESS))

    assert meaning == Meaning(replace(switch(id="r2"), version="2"))


def test_a_rollback_undoes_the_release_that_its_properties_name() -> None:
    meaning = meant(newest=earlier(REVERSED), status=BACK)

    assert (meaning.switch.mode, meaning.switch.undoes) == (Mode.RESTORE, "r1")


def test_a_rollback_undoes_no_release_but_that_one() -> None:
    meaning = meant(newest=earlier(Properties("older", OLD), answer=SUCCESS), status=BACK)

    assert meaning.switch.undoes == ""
    assert (meaning.answer and meaning.answer.status, meaning.outcome) == ("SUCCESS", Outcome.UNCHANGED)


def test_a_rollback_is_known_before_the_stack_says_so_if_the_release_did_not_succeed() -> None:
    assert meant(newest=earlier(REVERSED)).switch.mode is Mode.RESTORE
    assert meant(newest=earlier(REVERSED, answer=FAILED)).switch.mode is Mode.RESTORE


def test_going_back_to_a_good_version_by_hand_is_a_release() -> None:
    assert meant(newest=earlier(REVERSED, answer=SUCCESS)).switch.mode is Mode.RELEASE


def test_a_good_release_is_undone_when_the_stack_rolls_back() -> None:
    assert meant(newest=earlier(REVERSED, answer=SUCCESS), status=BACK).switch.undoes == "r1"


def test_an_update_that_comes_after_its_own_rollback_is_refused() -> None:
    restore = earlier(REVERSED, Mode.RESTORE, SUCCESS)

    assert meant(newest=restore).answer == Answer(
        "FAILED", "this request has been rolled back already", {"ActiveColor": "blue", "Outcome": "UNCHANGED"}
    )


def test_the_same_release_is_welcome_again_when_no_late_event_can_come_any_more() -> None:
    restore = earlier(REVERSED, Mode.RESTORE, SUCCESS)

    assert meant(newest=restore, now=990.0 + MAX_EVENT_AGE_SECONDS).answer is None
    assert meant(newest=restore, now=989.9 + MAX_EVENT_AGE_SECONDS).answer is not None


def test_a_redelivered_event_is_late_at_any_age() -> None:
    restore = earlier(REVERSED, Mode.RESTORE, SUCCESS)

    assert meant(newest=restore, now=99_999.0, redelivered=True).answer is not None


def test_a_continued_rollback_undoes_what_the_first_try_was_to_undo() -> None:
    first = earlier(ASK.properties, Mode.RESTORE, undoes="r0")

    meaning = meant(newest=first, status=BACK)

    assert (meaning.switch.mode, meaning.switch.undoes) == (Mode.RESTORE, "r0")


def test_a_continued_rollback_has_nothing_to_do_when_the_first_try_was_answered() -> None:
    first = earlier(ASK.properties, Mode.RESTORE, SUCCESS, undoes="r0")

    assert meant(newest=first, status=BACK).answer is not None


def test_keep_moves_nothing_and_tells_of_drift() -> None:
    meaning = meant(replace(ASK, color="keep"), drift="the rule was changed")

    assert meaning.answer == Answer(
        "SUCCESS",
        "blue with version 1 stays live. the rule was changed",
        {"ActiveColor": "blue", "Outcome": "UNCHANGED"},
    )
    assert (meaning.switch.color, meaning.switch.version) == (Color.BLUE, "1")


def test_keep_is_blue_when_nothing_is_live() -> None:
    meaning = meant(replace(ASK, color="keep"), live=None)

    assert (meaning.switch.mode, meaning.switch.color, meaning.answer) == (Mode.RELEASE, Color.BLUE, None)


def test_nothing_to_undo_succeeds_when_nothing_is_live() -> None:
    meaning = meant(status=BACK, live=None)

    assert meaning.answer is not None
    assert meaning.answer.data["ActiveColor"] == "none"


def test_creations_reverse_nothing() -> None:
    created = replace(ASK, kind="Create", properties=Properties("", NEW))

    assert meant(created, earlier(Properties(NEW, "")), "CREATE_IN_PROGRESS").switch.mode is Mode.RELEASE
