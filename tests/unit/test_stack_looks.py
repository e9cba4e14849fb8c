from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from traffic_switch.asking import Ask, Properties
from traffic_switch.journal import Answer, Record
from traffic_switch.model import Live, Mode, StackLook
from traffic_switch.ports import stack_status
from traffic_switch.stack_looks import is_old

from tests.unit.switch_facts import BLUE_LIVE, switch

RECORDED = 990.0
"""When the newest request was recorded; the next update begins 10 seconds later."""

ASK = Ask("r2", "Update", "shop", "arn:stack/Shop", "arn:stack", Properties("b", "c"), "green", "2", {})
BACK_TO_BLUE = replace(ASK, properties=Properties("b", "a"), color="blue", version=BLUE_LIVE.version)
ANSWERED = Answer("SUCCESS", "")

BEFORE, SINCE = RECORDED - 10, RECORDED + 10


def newest(mode: Mode = Mode.RELEASE, old: str = "a", new: str = "b", **more: Any) -> Record:
    return Record(switch(mode, id="r1"), RECORDED, properties=Properties(old, new), **more)


def looks_old(ask: Ask, status: str, known: Record | None, updated_at: float | None = SINCE, **more: Any) -> bool:
    live: Live | None = more.get("live", BLUE_LIVE)
    return is_old(StackLook(status, updated_at), ask, known, live)


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_a_stack_that_goes_forward_is_believed(status: str) -> None:
    assert not looks_old(ASK, status, newest())
    assert not looks_old(ASK, status, None, updated_at=None)


def test_a_request_that_takes_the_newest_back_in_the_same_update_is_no_release() -> None:
    assert looks_old(BACK_TO_BLUE, "UPDATE_IN_PROGRESS", newest(), BEFORE)


def test_a_request_that_takes_the_newest_back_in_a_later_update_is_one() -> None:
    assert not looks_old(BACK_TO_BLUE, "UPDATE_IN_PROGRESS", newest(), SINCE)


def test_a_stack_that_never_was_updated_is_believed() -> None:
    assert not looks_old(BACK_TO_BLUE, "UPDATE_IN_PROGRESS", newest(), None)


def test_a_request_that_takes_nothing_back_is_believed_in_the_same_update() -> None:
    assert not looks_old(ASK, "UPDATE_IN_PROGRESS", newest(), BEFORE)


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_a_stack_at_rest_asks_for_nothing(status: str) -> None:
    assert looks_old(ASK, status, None)


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_a_rollback_of_the_newest_is_believed(status: str) -> None:
    assert not looks_old(BACK_TO_BLUE, status, newest())


def test_a_rollback_that_was_answered_asks_no_second_time() -> None:
    restored = newest(Mode.RESTORE, answer=ANSWERED)

    assert looks_old(replace(ASK, color="blue", version=BLUE_LIVE.version), "UPDATE_ROLLBACK_IN_PROGRESS", restored)


def test_a_rollback_that_was_not_answered_may_be_followed_by_another() -> None:
    ask = replace(ASK, color="blue", version=BLUE_LIVE.version)

    assert not looks_old(ask, "UPDATE_ROLLBACK_IN_PROGRESS", newest(Mode.RESTORE))


def test_a_rollback_that_was_answered_and_comes_again_is_believed() -> None:
    restored = newest(Mode.RESTORE, answer=ANSWERED)

    assert not looks_old(replace(ASK, properties=restored.properties), "UPDATE_ROLLBACK_IN_PROGRESS", restored)


@pytest.mark.parametrize("known", [None, newest(old="x", new="y")])
def test_a_rollback_of_what_is_unknown_leads_to_what_is_live(known: Record | None) -> None:
    assert looks_old(ASK, "UPDATE_ROLLBACK_IN_PROGRESS", known)
    assert not looks_old(replace(ASK, color="blue", version="other"), "UPDATE_ROLLBACK_IN_PROGRESS", known, live=None)
    assert looks_old(replace(ASK, color="blue", version="other"), "UPDATE_ROLLBACK_IN_PROGRESS", known)
    assert not looks_old(BACK_TO_BLUE, "UPDATE_ROLLBACK_IN_PROGRESS", known)


def test_a_rollback_that_names_no_color_may_lead_anywhere() -> None:
    assert not looks_old(replace(ASK, color="keep"), "UPDATE_ROLLBACK_IN_PROGRESS", None)


@pytest.mark.parametrize(
    "known",
    [
        newest(old="c", new="b"),
        newest(old="x", new="b"),
        newest(old="b", new="c"),
        newest(old="x", new="y", damage=("properties",)),
    ],
)
def test_a_rollback_that_leaves_what_is_known_leads_where_it_came_from(known: Record) -> None:
    assert not looks_old(ASK, "UPDATE_ROLLBACK_IN_PROGRESS", known)


def test_a_request_that_leaves_a_good_release_is_not_its_rollback_while_a_later_update_rolls_back() -> None:
    good = newest(answer=ANSWERED)

    assert looks_old(BACK_TO_BLUE, "UPDATE_ROLLBACK_IN_PROGRESS", good, SINCE)
    assert not looks_old(BACK_TO_BLUE, "UPDATE_ROLLBACK_IN_PROGRESS", good, BEFORE)
    assert not looks_old(BACK_TO_BLUE, "UPDATE_ROLLBACK_IN_PROGRESS", good, None)


def test_the_rollback_of_a_later_update_that_leads_to_the_good_release_is_believed() -> None:
    good = newest(answer=ANSWERED)
    ask = replace(ASK, properties=Properties("c", "b"), color="blue", version=BLUE_LIVE.version)

    assert not looks_old(ask, "UPDATE_ROLLBACK_IN_PROGRESS", good, SINCE)


@pytest.mark.parametrize(
    "known", [newest(answer=Answer("FAILED", "")), newest(), newest(Mode.RESTORE, old="b", new="b")]
)
def test_a_release_that_is_not_good_is_taken_back_whenever_it_was_asked_for(known: Record) -> None:
    assert not looks_old(BACK_TO_BLUE, "UPDATE_ROLLBACK_IN_PROGRESS", known, SINCE)


@pytest.mark.parametrize(("updated_at", "old"), [(RECORDED + 4.9, True), (RECORDED + 5.1, False)])
def test_two_clocks_may_be_five_seconds_apart(updated_at: float, old: bool) -> None:
    good = newest(answer=ANSWERED)

    assert looks_old(BACK_TO_BLUE, "UPDATE_IN_PROGRESS", good, updated_at) is old
    assert looks_old(BACK_TO_BLUE, "UPDATE_ROLLBACK_IN_PROGRESS", good, updated_at) is not old


@pytest.mark.parametrize(
    ("ask", "status", "known", "old"),
    [
        (BACK_TO_BLUE, "UPDATE_IN_PROGRESS", None, True),
        (BACK_TO_BLUE, "CREATE_IN_PROGRESS", None, False),
        (replace(BACK_TO_BLUE, kind="Create"), "UPDATE_IN_PROGRESS", None, False),
        (replace(BACK_TO_BLUE, version="other"), "UPDATE_IN_PROGRESS", None, False),
        (BACK_TO_BLUE, "UPDATE_IN_PROGRESS", newest(), False),
    ],
)
def test_an_update_to_what_is_live_may_be_the_rollback_of_what_was_never_heard_of(
    ask: Ask, status: str, known: Record | None, old: bool
) -> None:
    assert looks_old(ask, status, known) is old


class Stacks:
    """A client that knows one stack."""

    def __init__(self, **more: Any) -> None:
        self.found = {"StackStatus": "UPDATE_IN_PROGRESS", **more}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"Stacks": [self.found]} if StackName == "arn:stack" else {}


def look(stacks: Any) -> StackLook:
    return stack_status.look(stacks, "arn:stack")


def test_a_look_says_when_the_last_update_began() -> None:
    began = datetime(2026, 1, 2, tzinfo=UTC)

    assert look(Stacks(LastUpdatedTime=began)) == StackLook("UPDATE_IN_PROGRESS", began.timestamp())


def test_a_stack_that_was_only_created_began_no_update() -> None:
    assert look(Stacks()) == StackLook("UPDATE_IN_PROGRESS")
