"""One answer, and the answers of one volley while some of them are still out."""

from __future__ import annotations

import pytest
from traffic_switch.contract import Color
from traffic_switch.judging.answers import Answer, Kind, sort_out
from traffic_switch.judging.looks import Batch
from traffic_switch.judging.schedule import Volley
from traffic_switch.judging.tally import Tally
from traffic_switch.model import Reply

GOOD, FAILED = Answer(Kind.GOOD), Answer(Kind.FAILED)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(200, "green", "2", 5), Kind.GOOD),
        (Reply(302, "green", "2", 5), Kind.GOOD),
        (Reply(399, "green", "2", 5), Kind.GOOD),
        (Reply(400, "green", "2", 5), Kind.FAILED),
        (Reply(199, "green", "2", 5), Kind.FAILED),
        (Reply(404, "green", "2", 5), Kind.FAILED),
        (Reply(500, "green", "1", 5), Kind.FAILED),
        (Reply(403, "", "", 5), Kind.FAILED),
        (Reply(503, "", "", 5), Kind.FAILED),
        (Reply(200, "", "", 5), Kind.FAILED),
        (Reply(0, "", "", 5, "TimeoutError"), Kind.FAILED),
        (Reply(200, "blue", "2", 5), Kind.STRAY),
        (Reply(500, "blue", "1", 5), Kind.STRAY),
        (Reply(200, "green", "1", 5), Kind.WRONG),
        (Reply(200, "green", "", 5), Kind.WRONG),
    ],
)
def test_every_answer_is_sorted_by_who_gave_it_and_how(reply: Reply, kind: Kind) -> None:
    assert sort_out(reply, Color.GREEN, "2").kind is kind


def test_an_unknown_expected_version_is_not_checked() -> None:
    assert sort_out(Reply(200, "green", "anything", 5), Color.GREEN, "").kind is Kind.GOOD


def test_a_version_that_has_no_name_is_told_as_such() -> None:
    assert sort_out(Reply(200, "green", "", 5), Color.GREEN, "2").what == "green of an unnamed version"


def tally(batches: int = 2, size: int = 2) -> Tally:
    return Tally(Volley(batches, size), [10.0 + number for number in range(batches)], slow_ms=500, grace_seconds=60)


def test_a_batch_is_judged_when_all_of_it_has_come_back() -> None:
    counts = tally()

    counts.count(0, GOOD, 20, 10.0)
    assert counts.judged() == []
    counts.count(0, FAILED, 501, 10.5)
    assert counts.judged() == [Batch(10.0, 2, 1, 1)]


def test_exactly_as_long_as_allowed_is_not_slow() -> None:
    counts = tally(1, 1)

    counts.count(0, GOOD, 500, 10.0)

    assert counts.judged() == [Batch(10.0, 1, 0, 0)]


def test_every_slow_answer_of_a_batch_counts() -> None:
    counts = tally(1, 2)

    counts.count(0, GOOD, 900, 10.0)
    counts.count(0, GOOD, 900, 10.5)

    assert counts.judged() == [Batch(10.0, 2, 0, 2)]


def test_whoever_is_out_when_a_batch_is_due_is_slow_and_may_still_fail() -> None:
    counts = tally()

    counts.count(0, GOOD, 20, 10.0)
    counts.mark_due(0)
    assert counts.judged() == [Batch(10.0, 2, 0, 1)]
    counts.count(0, FAILED, 5000, 10.5)
    assert counts.judged() == [Batch(10.0, 2, 1, 1)]


def test_a_later_batch_is_not_judged_before_an_earlier_one() -> None:
    counts = tally()

    counts.count(1, FAILED, 20, 11.0)
    counts.count(1, FAILED, 20, 11.5)
    assert counts.judged() == []
    counts.mark_due(0)
    assert counts.judged() == [Batch(10.0, 2, 0, 2), Batch(11.0, 2, 2, 0)]


def test_an_answer_of_the_other_color_counts_for_nothing_while_the_rule_may_still_spread() -> None:
    counts, stray = tally(1, 2), Answer(Kind.STRAY, "blue 1")

    assert counts.count(0, stray, 20, 60.0) == ""
    counts.count(0, GOOD, 20, 60.5)
    assert counts.judged() == [Batch(10.0, 1, 0, 0)]


def test_an_answer_of_the_other_color_afterwards_is_objected_to() -> None:
    objection = tally().count(0, Answer(Kind.STRAY, "blue 1"), 20, 60.1)

    assert objection == "an own request was answered by blue 1 60 s after the shift"


def test_another_version_of_the_same_color_is_objected_to_at_once() -> None:
    assert tally().count(0, Answer(Kind.WRONG, "green 1"), 20, 3.0).startswith("an own request was answered by green 1")
