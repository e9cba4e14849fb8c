"""Shift by itself: it waits, marks, writes, and asks the front door until that follows."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import BRIEF
from tests.simulation.people import Operator
from tests.simulation.pieces.workbench import (
    BACK_TO_BLUE,
    BLUE_BEFORE,
    BLUE_LIVE,
    GREEN_BEFORE,
    RELEASE,
    Workbench,
    asked,
    new_installation,
)


@pytest.fixture
def bench() -> Workbench:
    """Blue is live, and the release s1 holds the lock."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    bench.register(asked(RELEASE))
    bench.lock(RELEASE)
    return bench


def shifted(bench: Workbench, **payload: Any) -> Any:
    return bench.step("Shift", RELEASE, **{"before": BLUE_BEFORE, **payload})


def writes(bench: Workbench) -> list[float]:
    return [time for time, _, call, _ in bench.cloud.kernel.trace if call in ("elbv2.ModifyRule", "elbv2.CreateRule")]


def test_all_traffic_moves_in_one_write_and_the_front_door_agrees(bench: Workbench) -> None:
    told = shifted(bench)

    assert (told["verdict"], told["clean"]) == ("PASS", True)
    assert told["reason"] == "all traffic is on green; the front door agreed after 2 requests"
    assert bench.greenlight.site.rule_weights() == {"blue": 0, "green": 100}
    assert len(writes(bench)) == 1
    assert bench.record(RELEASE)["trace:shift:0001"]["reason"] == told["reason"]


def test_nothing_is_written_before_older_writes_have_settled(bench: Workbench) -> None:
    shifted(bench)

    assert 20 < writes(bench)[0] < 22


def test_time_that_has_passed_since_the_lock_was_taken_counts(bench: Workbench) -> None:
    held_at = bench.now
    bench.cloud.kernel.sleep(15.0)
    shifted(bench, held_at=held_at)

    assert 20 < writes(bench)[0] < 22


def test_a_lock_that_was_taken_long_ago_needs_no_waiting(bench: Workbench) -> None:
    held_at = bench.now
    bench.cloud.kernel.sleep(60.0)
    shifted(bench, held_at=held_at)

    assert writes(bench)[0] < 60.9


def test_a_moment_of_the_lock_that_lies_ahead_is_waited_for_no_longer_than_w(bench: Workbench) -> None:
    entered = bench.now
    bench.cloud.kernel.sleep(60.0)
    shifted(bench, held_at=bench.now, entered=entered)

    assert writes(bench)[0] < 82


def test_the_journal_knows_before_the_rule_does(bench: Workbench) -> None:
    known: list[bool] = []
    bench.cloud.after_event.append(
        lambda call, _: known.append("shifted_at" in bench.record(RELEASE)) if call == "elbv2.ModifyRule" else None
    )
    shifted(bench)

    assert known == [True]


def test_a_rule_that_somebody_changed_stays_and_is_told(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_weights(50, 50)
    told = shifted(bench)

    assert (told["verdict"], told["clean"]) == ("FAIL", False)
    assert told["reason"] == (
        "somebody changed the production rule while it was to become blue 0, green 100: the production rule has blue "
        "50, green 50"
    )
    assert writes(bench) == []


def test_a_shift_without_the_lock_writes_nothing(bench: Workbench) -> None:
    bench.cloud.after_event.append(
        lambda call, _: bench.lock(RELEASE, epoch=8) if call == "dynamodb.TransactWriteItems" else None
    )
    told = shifted(bench)

    assert (told["verdict"], told["reason"]) == (
        "LOST",
        "the lock of shop was taken from s1 while it wrote the rule",
    )
    assert writes(bench) == []


def test_a_write_whose_reply_was_lost_is_not_clean(bench: Workbench) -> None:
    bench.cloud.faults.addressed["Shift", "elbv2.ModifyRule", 1] = Fault(Kind.LOST_REPLY)
    told = shifted(bench)

    first, second = writes(bench)

    assert (told["verdict"], told["clean"]) == ("PASS", False)
    assert second - first < 8


def test_a_write_that_nobody_acknowledges_twice_is_an_error(bench: Workbench) -> None:
    for number in (1, 2):
        bench.cloud.faults.addressed["Shift", "elbv2.ModifyRule", number] = Fault(Kind.LOST_REPLY)

    assert bench.invoke("Shift", RELEASE, before=BLUE_BEFORE).error == "AwsCallError"


def test_where_there_was_no_rule_one_is_made(bench: Workbench) -> None:
    Operator(bench.greenlight.site).delete_rule()
    told = shifted(bench, before={"weights": {}, "live": {}})

    assert told["verdict"] == "PASS"
    assert bench.greenlight.site.rule_weights() == {"blue": 0, "green": 100}


def test_a_rule_that_appears_as_it_is_made_is_written_in_place(bench: Workbench) -> None:
    Operator(bench.greenlight.site).delete_rule()
    appears = iter([True])

    def before(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.CreateRule" and next(appears, False):
            bench.greenlight.site.write_rule(0, 100)

    bench.cloud.before_call = before
    told = shifted(bench, before={"weights": {}, "live": {}})

    assert told["verdict"] == "PASS"
    assert [call for _, _, call, _ in bench.cloud.kernel.trace if call in ("elbv2.ModifyRule", "elbv2.CreateRule")] == [
        "elbv2.CreateRule",
        "elbv2.ModifyRule",
    ]


def test_a_rule_of_somebody_else_that_appears_as_one_is_made_stays(bench: Workbench) -> None:
    Operator(bench.greenlight.site).delete_rule()

    def before(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.CreateRule":
            bench.greenlight.site.write_rule(30, 70)

    bench.cloud.before_call = before

    assert shifted(bench, before={"weights": {}, "live": {}})["verdict"] == "FAIL"
    assert bench.greenlight.site.rule_weights() == {"blue": 30, "green": 70}


def test_a_rule_that_is_deleted_as_it_is_written_stays_deleted(bench: Workbench) -> None:
    def before(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.ModifyRule" and bench.greenlight.site.rule():
            Operator(bench.greenlight.site).delete_rule()

    bench.cloud.before_call = before
    told = shifted(bench)

    assert told["reason"].endswith("green 100: there is no production rule")
    assert bench.greenlight.site.rule() is None


def test_a_description_that_lags_is_waited_for(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(50, 50)
    bench.cloud.kernel.at(30.0, lambda: bench.greenlight.site.write_rule(100, 0))

    assert shifted(bench)["verdict"] == "PASS"


def test_looks_at_a_rule_that_does_not_read_as_it_should_grow_rarer(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_weights(50, 50)
    shifted(bench)
    looks = [time for time, _, call, _ in bench.cloud.kernel.trace if call == "elbv2.DescribeRules"]
    pauses = [later - earlier for earlier, later in itertools.pairwise(looks)]

    assert pauses[:9] == pytest.approx([0.5, 1, 2, 4, 5, 5, 5, 5, 2.5], abs=0.4)


def test_a_front_door_that_never_follows_fails_the_shift(bench: Workbench) -> None:
    bench.cloud.elbv2.propagation = (1_000.0, 1_000.0)
    told = shifted(bench)

    assert (told["verdict"], told["clean"]) == ("FAIL", True)
    assert told["reason"] == "the front door still answers from blue 30 s after the rule was written, wanted green"


def test_a_front_door_that_does_not_answer_is_told_by_its_status(bench: Workbench) -> None:
    bench.greenlight.site.change("green", up=False)

    assert shifted(bench)["reason"].startswith("the front door still answers from 502 30 s after")


def test_a_front_door_that_is_not_there_is_told_by_its_problem(bench: Workbench) -> None:
    bench.cloud.web.front_doors.clear()

    assert shifted(bench)["reason"].startswith("the front door still answers from URLError: ")


def test_answers_of_the_new_color_must_come_in_a_row(bench: Workbench) -> None:
    bench.cloud.elbv2.propagation = (3.0, 3.0)
    told = shifted(bench)
    asked_for = int(told["reason"].split()[-2])

    assert told["verdict"] == "PASS"
    assert 10 < asked_for < 60


def test_a_front_door_that_has_to_agree_once_is_asked_once() -> None:
    bench = Workbench(new_installation(replace(BRIEF, confirm_answers=1)))
    bench.greenlight.site.write_rule(100, 0)
    bench.greenlight.site.change("green", up=False)
    bench.register(asked(RELEASE))
    bench.lock(RELEASE)

    assert shifted(bench)["verdict"] == "FAIL"


def test_traffic_moves_back_to_blue_as_it_moved_to_green(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(0, 100)
    bench.register(asked(BACK_TO_BLUE))
    bench.lock(BACK_TO_BLUE)
    told = bench.step("Shift", BACK_TO_BLUE, before=GREEN_BEFORE)

    assert told["reason"] == "all traffic is on blue; the front door agreed after 2 requests"
    assert bench.greenlight.site.rule_weights() == {"blue": 100, "green": 0}


def test_a_rule_that_was_made_and_is_not_listed_yet_is_waited_for(bench: Workbench) -> None:
    Operator(bench.greenlight.site).delete_rule()
    bench.cloud.faults.addressed["Shift", "elbv2.CreateRule", 1] = Fault(Kind.LOST_REPLY)
    bench.cloud.faults.addressed["Shift", "elbv2.DescribeRules", 2] = Fault(Kind.STALE, 30.0)
    shifted(bench, before={"weights": {}, "live": {}})

    assert [call for _, _, call, _ in bench.cloud.kernel.trace if call in ("elbv2.ModifyRule", "elbv2.CreateRule")] == [
        "elbv2.CreateRule",
        "elbv2.ModifyRule",
    ]
