"""What follows from the journal's facts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch.asking import Properties
from traffic_switch.journal import REMEMBERED, Lock, Newest, Record
from traffic_switch.model import Hold, Outcome

from tests.unit.switch_facts import switch

THERE = Properties("old", "new")
BACK = Properties("new", "old")
SHIFTED = Record(switch(), 0.0, shifted_at=5.0)


def test_a_request_reverses_the_one_with_its_properties_the_other_way_round() -> None:
    assert BACK.reverses(THERE)
    assert not THERE.reverses(THERE)
    assert not Properties("new", "older").reverses(THERE)


@pytest.mark.parametrize("empty", [Properties("", "old"), Properties("new", ""), Properties()])
def test_nothing_is_reversed_where_there_was_nothing(empty: Properties) -> None:
    assert not empty.reverses(Properties(empty.new, empty.old))


def test_properties_are_remembered_by_a_short_text_of_their_own() -> None:
    assert THERE.text == Properties("old", "new").text != BACK.text
    assert len(THERE.text) == 32


def test_a_request_that_was_taken_back_is_known_by_its_properties() -> None:
    known = Newest(reversed=Newest().with_reversed(BACK, 5.0))

    assert known.reversed_at(THERE) == 5.0
    assert known.reversed_at(BACK) is None


def test_of_a_request_that_was_taken_back_twice_the_last_time_counts() -> None:
    assert Newest(reversed=((THERE.text, 9.0), (THERE.text, 5.0))).reversed_at(THERE) == 9.0


def test_the_latest_requests_that_were_taken_back_are_remembered() -> None:
    known = Newest(reversed=tuple((str(number), 0.0) for number in range(REMEMBERED)))
    after = known.with_reversed(BACK, 5.0)

    assert len(after) == REMEMBERED == 12
    assert (after[0], after[-1]) == (("1", 0.0), (THERE.text, 5.0))


def test_a_lock_gives_its_owner_the_right_to_write() -> None:
    assert Lock("s1", 3, "s0").hold("shop", 7.0) == Hold("s1", "shop", 3, "s0", 7.0)


def test_a_lock_without_an_epoch_gives_nobody_a_right() -> None:
    assert Lock("s1", None).hold("shop", 7.0).epoch == 0


@pytest.mark.parametrize("outcome", [None, Outcome.HELD, Outcome.DONE, Outcome.TAKEN_OVER])
def test_a_switch_that_may_have_written_the_rule_is_open(outcome: Outcome | None) -> None:
    assert replace(SHIFTED, outcome=outcome).is_open


@pytest.mark.parametrize(
    "over",
    [
        replace(SHIFTED, shifted_at=None),
        replace(SHIFTED, undone="s2"),
        replace(SHIFTED, outcome=Outcome.ROLLED_BACK),
        replace(SHIFTED, outcome=Outcome.UNCHANGED),
    ],
)
def test_a_switch_that_never_wrote_or_is_taken_back_is_not_open(over: Record) -> None:
    assert not over.is_open


def test_the_right_to_write_is_carried_as_epoch_and_debt() -> None:
    assert Hold("s1", "shop", 3, "s0", 7.0).as_json() == {"epoch": 3, "debt": "s0"}
