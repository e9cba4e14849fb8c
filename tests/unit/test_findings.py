"""What one witness says to one question, where the whole bake's tests do not look."""

from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch.judging.detectable import detectable, detectable_by_periods
from traffic_switch.judging.evidence import Wager
from traffic_switch.judging.findings import (
    Finding,
    own_detectable,
    own_wager,
    questions,
    shares_of_bake,
    users_detectable,
    users_wager,
)
from traffic_switch.judging.looks import Batch, Period

from tests.unit.switch_facts import POLICY

FAILURES, SLOWNESS = questions(POLICY)


def complaint(bad: int, recent: tuple[int, int] = (10, 2), is_sure: bool = True) -> str:
    return Finding("own requests", FAILURES, 100, bad, is_sure, recent).complaint


def test_trouble_that_is_over_the_limit_as_a_whole_is_told_as_a_whole() -> None:
    assert complaint(2) == "2 of 100 own requests failed: 2.0 %, allowed 1 %"


@pytest.mark.parametrize("bad", [0, 1])
def test_late_trouble_that_the_whole_hides_is_told_by_its_latest_requests(bad: int) -> None:
    assert complaint(bad) == "2 of 10 latest own requests failed: 20.0 %, allowed 1 %"


def test_nothing_is_told_while_nothing_is_sure() -> None:
    assert complaint(50, is_sure=False) == ""


def test_slow_requests_are_told_with_their_limit() -> None:
    finding = Finding("users' requests", SLOWNESS, 1_000, 100, True)

    assert finding.complaint == "100 of 1,000 users' requests took longer than 500 ms: 10.0 %, allowed 5 %"


def test_what_users_would_have_shown_is_asked_at_the_limit_for_failures() -> None:
    periods = [Period(at * 60.0, 700, 0, 700, 0, surely=600) for at in range(4)]

    assert users_detectable(periods, POLICY) == detectable_by_periods([600] * 4, users_wager(0.01, POLICY))


def test_the_busiest_periods_in_a_row_are_claimed_wherever_they_are() -> None:
    wager = users_wager(0.01, POLICY)

    assert wager.looks == 2
    assert detectable_by_periods([900, 10, 600, 600], wager) == detectable_by_periods([600, 600], wager)


def test_capital_that_is_held_back_makes_less_detectable() -> None:
    all_at_once, half = (Wager(0.01, 2, 2 / 60, start) for start in (1.0, 0.5))

    assert detectable_by_periods([3_000] * 2, half) > detectable_by_periods([3_000] * 2, all_at_once)


def test_what_own_requests_would_have_shown_is_asked_at_the_limit_for_failures() -> None:
    assert own_detectable([Batch(3.0, 20, 0, 0)] * 30, POLICY) == detectable(600, 0.01)


def test_all_of_the_capital_is_bet_on_users_at_once() -> None:
    assert users_wager(0.01, POLICY) == Wager(0.01, looks=2, blip_share=2 / 60, start=1.0)


def test_the_first_batch_stands_for_a_batch_of_the_bake_and_a_later_one_for_the_time_since() -> None:
    assert shares_of_bake([3.0, 4.0, 21.0], POLICY) == [1 / 420, 1 / 420, 17 / 420]


def test_a_clock_that_jumps_back_adds_nothing_to_the_bake() -> None:
    assert shares_of_bake([100.0, 4.0, 5.0], POLICY) == [1 / 420, 0.0, 1 / 420]


def test_a_wager_on_own_requests_knows_which_part_of_the_bake_a_batch_is() -> None:
    policy = replace(POLICY, bake_seconds=60, bake_batch_seconds=1.5)

    assert own_wager(0.01, policy).look_share == 0.025
