from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.asking import Ask, Properties
from traffic_switch.classifying import MAX_EVENT_AGE_SECONDS, Meaning, Scene, classify
from traffic_switch.contract import Color
from traffic_switch.journal import Answer, Before, Newest, Record
from traffic_switch.model import Mode, Outcome

from tests.unit.switch_facts import BLUE_LIVE, switch

OLD, NEW = "old", "new"
FORWARD, BACK = "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"
ASK = Ask("r2", "Update", "shop", "arn:stack/Shop", "arn:stack", Properties(OLD, NEW), "green", "2", {})
SUCCESS, FAILED = Answer("SUCCESS", ""), Answer("FAILED", "")


def meant(
    ask: Ask = ASK,
    newest: Record | None = None,
    status: str = FORWARD,
    taken_back: Sequence[tuple[str, float]] = (),
    **scene: Any,
) -> Meaning:
    facts = {"live": BLUE_LIVE, "drift": "", "now": 1_000.0, **scene}
    known = Newest(newest.switch.id, newest, tuple(taken_back)) if newest else Newest(reversed=tuple(taken_back))
    return classify(ask, Scene(known, status, **facts))


def earlier(properties: Properties, mode: Mode = Mode.RELEASE, answer: Answer | None = None, **more: Any) -> Record:
    return Record(switch(mode, id="r1", **more), 990.0, properties=properties, answer=answer)


REVERSED = Properties(NEW, OLD)
BACKWARD = replace(ASK, properties=REVERSED)


def test_a_deletion_is_a_removal_whatever_came_before() -> None:
    meaning = meant(replace(ASK, kind="Delete"), earlier(REVERSED), status="")

    assert meaning.switch.mode is Mode.REMOVE
    assert meaning.answer is None


def test_a_creation_that_failed_takes_no_rule_away_that_an_older_greenlight_noted() -> None:
    created_nothing = earlier(Properties("", NEW), answer=FAILED)
    meaning = meant(replace(ASK, kind="Delete"), created_nothing, status="", live=replace(BLUE_LIVE, resource=""))

    assert meaning.answer is not None
    assert meaning.answer.good


def test_a_deletion_takes_away_the_rule_of_which_an_older_greenlight_did_not_note_whose_it_is() -> None:
    deployed = earlier(Properties("", NEW), answer=SUCCESS)
    meaning = meant(replace(ASK, kind="Delete"), deployed, status="", live=replace(BLUE_LIVE, resource=""))

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
    assert meant(newest=replace(earlier(REVERSED, answer=FAILED), shifted_at=995.0)).switch.undoes == "r1"


def test_going_back_to_a_good_version_by_hand_is_a_release() -> None:
    assert meant(newest=earlier(REVERSED, answer=SUCCESS)).switch.mode is Mode.RELEASE


def test_a_good_release_is_undone_when_the_stack_rolls_back() -> None:
    good = replace(earlier(REVERSED, answer=SUCCESS), outcome=Outcome.DONE, shifted_at=995.0)

    assert meant(newest=good, status=BACK).switch.undoes == "r1"


TAKEN_BACK = [(ASK.properties.text, 990.0)]


def test_an_update_that_comes_after_its_own_rollback_is_refused() -> None:
    assert meant(taken_back=TAKEN_BACK).answer == Answer(
        "FAILED", "this request has been rolled back already", {"ActiveColor": "blue", "Outcome": "UNCHANGED"}
    )


def test_a_late_request_takes_nobodys_place() -> None:
    assert meant(newest=earlier(Properties("x", "y")), taken_back=TAKEN_BACK).is_newest is False
    assert meant().is_newest


def test_a_rollback_is_never_late() -> None:
    assert meant(taken_back=TAKEN_BACK, status=BACK).answer == Answer(
        "SUCCESS", "nothing to undo: the release had not been recorded", {"ActiveColor": "blue", "Outcome": "UNCHANGED"}
    )


def test_the_same_release_is_welcome_again_when_no_late_event_can_come_any_more() -> None:
    assert meant(taken_back=TAKEN_BACK, now=990.0 + MAX_EVENT_AGE_SECONDS).answer is None
    assert meant(taken_back=TAKEN_BACK, now=989.9 + MAX_EVENT_AGE_SECONDS).answer is not None


def test_a_redelivered_event_is_late_at_any_age() -> None:
    assert meant(taken_back=TAKEN_BACK, now=99_999.0, redelivered=True).answer is not None


def test_what_is_taken_back_is_remembered_as_the_request_that_had_asked_for_it() -> None:
    known = Newest().with_reversed(Properties("new", "old"), 5.0)

    assert Newest(reversed=known).reversed_at(Properties("old", "new")) == 5.0
    assert Newest(reversed=known).reversed_at(Properties("new", "old")) is None


def test_a_release_that_has_ended_with_nothing_open_needs_no_execution_to_be_undone() -> None:
    ended = replace(earlier(REVERSED, answer=FAILED), outcome=Outcome.ROLLED_BACK)

    assert meant(newest=ended, status=BACK).answer == Answer(
        "SUCCESS",
        "nothing to undo: the release r1 is ROLLED_BACK already",
        {"ActiveColor": "blue", "Outcome": "UNCHANGED"},
    )


def test_a_release_whose_record_is_damaged_is_undone_by_an_execution() -> None:
    damaged = replace(earlier(REVERSED, answer=FAILED), outcome=Outcome.ROLLED_BACK, damage=("before",))

    assert meant(newest=damaged, status=BACK).switch.undoes == "r1"


def test_a_rollback_undoes_a_release_that_has_led_to_what_it_leaves() -> None:
    assert meant(newest=earlier(Properties("elsewhere", NEW)), ask=BACKWARD, status=BACK).switch.undoes == "r1"
    assert meant(newest=earlier(Properties("elsewhere", NEW)), ask=BACKWARD).switch.undoes == ""


def test_a_rollback_undoes_a_release_whose_properties_nobody_can_read() -> None:
    unread = replace(earlier(Properties()), damage=("properties",))

    assert meant(newest=unread, status=BACK).switch.undoes == "r1"


def test_a_rule_that_is_anothers_stays_when_a_resource_is_deleted() -> None:
    ended = earlier(Properties("", NEW), answer=FAILED)

    assert meant(replace(ASK, kind="Delete"), ended, "", is_anothers=True).answer == Answer(
        "SUCCESS",
        "the production rule is another resource's and stays",
        {"ActiveColor": "blue", "Outcome": "UNCHANGED"},
    )


def test_a_resource_that_is_still_at_work_is_removed_whosever_the_rule_is() -> None:
    assert meant(replace(ASK, kind="Delete"), earlier(Properties("", NEW)), "", is_anothers=True).answer is None


def test_a_continued_rollback_undoes_what_the_first_try_was_to_undo() -> None:
    first = earlier(ASK.properties, Mode.RESTORE, undoes="r0")

    meaning = meant(newest=first, status=BACK)

    assert (meaning.switch.mode, meaning.switch.undoes) == (Mode.RESTORE, "r0")


def test_a_continued_rollback_undoes_what_a_first_try_was_to_that_another_switch_ended() -> None:
    taken = replace(earlier(ASK.properties, Mode.RESTORE, SUCCESS, undoes="r0"), outcome=Outcome.TAKEN_OVER)

    assert meant(newest=taken, status=BACK).switch.undoes == "r0"


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


@pytest.mark.parametrize("wanted", [{"color": "keep"}, {"color": "blue", "version": "1"}])
def test_a_request_for_what_is_live_moves_a_rule_that_is_on_the_listener_of_before(wanted: dict[str, Any]) -> None:
    meaning = meant(replace(ASK, **wanted), astray=True)

    assert meaning == Meaning(replace(switch(Mode.REPAIR, Color.BLUE, id="r2"), version="1"))


@pytest.mark.parametrize("wanted", [{"color": "green", "version": "1"}, {"color": "blue", "version": "2"}])
def test_a_release_moves_no_rule_from_one_listener_to_another(wanted: dict[str, Any]) -> None:
    assert meant(replace(ASK, **wanted), astray=True).switch.mode is Mode.RELEASE


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


def test_an_answer_at_once_is_of_the_switch_that_was_asked_for() -> None:
    ended = replace(earlier(ASK.properties, answer=FAILED), outcome=Outcome.UNCHANGED)
    meaning = meant(BACKWARD, ended, BACK)

    assert meaning.switch == switch(Mode.RESTORE, Color.GREEN, id="r2")
    assert meant(replace(BACKWARD, color="blue"), ended, BACK).switch.color is Color.BLUE
    assert meant(replace(BACKWARD, color="keep"), ended, BACK).switch.color is Color.BLUE


def test_a_release_that_ended_without_an_outcome_is_over() -> None:
    meaning = meant(BACKWARD, earlier(ASK.properties, answer=FAILED), BACK)

    assert meaning.answer is not None
    assert meaning.answer.reason == "nothing to undo: the release r1 is over already"


def test_a_continued_rollback_is_of_the_same_color_and_version() -> None:
    first = earlier(BACKWARD.properties, Mode.RESTORE, undoes="r0")

    assert meant(BACKWARD, first, BACK).switch == switch(Mode.RESTORE, Color.GREEN, undoes="r0", id="r2")


def test_a_rule_that_is_left_behind_moves_when_what_is_live_is_asked_for() -> None:
    meaning = meant(replace(ASK, color="blue", version="1"), astray=True)

    assert (meaning.switch.mode, meaning.switch.version, meaning.answer) == (Mode.REPAIR, "1", None)


def test_another_version_of_the_live_color_is_a_release_though_the_rule_is_left_behind() -> None:
    assert meant(replace(ASK, color="blue", version="2"), astray=True).switch.mode is Mode.RELEASE


@pytest.mark.parametrize(("color", "one_way"), [("green", True), ("keep", False)])
def test_a_release_that_names_a_color_may_be_a_one_way_door(color: str, one_way: bool) -> None:
    meaning = meant(replace(ASK, color=color, one_way=True), live=None)

    assert meaning.switch.one_way is one_way


def test_a_release_takes_along_the_word_that_goes_back_through_a_door() -> None:
    assert meant(replace(ASK, undo_one_way="2")).switch.undo_one_way == "2"


def test_a_rollback_is_no_door_whatever_its_properties_say() -> None:
    meaning = meant(replace(BACKWARD, one_way=True), earlier(Properties(OLD, NEW)), BACK)

    assert (meaning.switch.mode, meaning.switch.one_way) == (Mode.RESTORE, False)


def held(**more: Any) -> Record:
    made = replace(switch(id="r1"), version="2", one_way=True)
    found = Before(BLUE_LIVE.weights, BLUE_LIVE)
    facts: dict[str, Any] = {"answer": FAILED, "outcome": Outcome.HELD, "shifted_at": 991.0, "before": found, **more}
    return Record(made, 990.0, properties=Properties(OLD, NEW), **facts)


def test_the_rollback_of_a_one_way_door_that_is_held_has_nothing_to_undo() -> None:
    meaning = meant(BACKWARD, held(), BACK)

    assert meaning.answer is not None
    assert meaning.answer.good
    assert "is a one-way door, and HELD already" in meaning.answer.reason


@pytest.mark.parametrize(
    "changed",
    [{"answer": None, "outcome": None}, {"answer": SUCCESS, "outcome": Outcome.DONE}, {"before": None}],
    ids=["not ended", "good", "unknown"],
)
def test_any_other_one_way_door_is_undone_by_a_switch_that_looks(changed: dict[str, Any]) -> None:
    assert meant(BACKWARD, held(**changed), BACK).answer is None
