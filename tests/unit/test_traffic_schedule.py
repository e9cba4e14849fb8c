"""When requests are due."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight.rehearsal.traffic.schedule import Schedule


def test_requests_are_due_at_a_constant_rate_from_the_start_on() -> None:
    schedule = Schedule(started_at=10.0, rate=4)

    assert schedule.take_due(10.75) == [10.0, 10.25, 10.5, 10.75]
    assert schedule.next_due == 11.0


def test_nothing_is_due_before_its_time() -> None:
    schedule = Schedule(started_at=10.0, rate=4)
    schedule.take_due(10.0)

    assert schedule.take_due(10.2) == []


def test_after_a_stall_every_missed_request_is_offered_with_its_own_due_time() -> None:
    schedule = Schedule(started_at=0.0, rate=1000)
    schedule.take_due(0.0)

    missed = schedule.take_due(0.5)

    assert len(missed) == 500
    assert missed[0] == 0.001


@settings(max_examples=30)
@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=30), st.sampled_from([0.5, 3.0, 1000.0]))
def test_each_request_is_offered_once_however_often_one_looks(steps: list[float], rate: float) -> None:
    schedule = Schedule(started_at=0.0, rate=rate)
    now, due = 0.0, []
    for step in steps:
        now += step
        due += schedule.take_due(now)

    assert due == Schedule(started_at=0.0, rate=rate).take_due(now)
    assert len(due) == pytest.approx(now * rate + 1, abs=1)
