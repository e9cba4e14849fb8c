"""CloudWatch's periods without the bake's own requests."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from traffic_switch.judging.looks import Batch, OwnCounts, Period, Wiring, users_of, wiring_of

SINCE = 1_000_000.0
BEFORE, DURING = SINCE - 30, SINCE + 30
"""Two minutes: the shift is in the middle of the first."""


def own(*batches: tuple[float, int, int, int]) -> OwnCounts:
    return OwnCounts([Batch(*batch) for batch in batches], SINCE, 1.0)


def users(period: Period, counts: OwnCounts, forgiven: int = 0) -> Period:
    return users_of([period], counts, 60, forgiven)[0]


def test_a_batch_survives_being_carried() -> None:
    assert Batch.from_json(Batch(3.2512, 20, 1, 2).as_json()) == Batch(3.25, 20, 1, 2)


def test_own_requests_are_taken_out_of_their_minute() -> None:
    seen = users(Period(DURING, 120, 9, 110, 8), own((40, 20, 2, 3)))

    assert (seen.requests, seen.failed, seen.timed, seen.slow) == (100, 7, 90, 5)


def test_near_an_edge_only_their_failures_are_taken_out() -> None:
    seen = users(Period(DURING, 120, 9, 110, 8), own((31, 20, 2, 3)))

    assert (seen.requests, seen.failed, seen.timed, seen.slow) == (120, 7, 110, 5)
    assert seen.surely == 100


def test_beyond_two_seconds_of_a_minute_s_edge_they_are_another_minute_s() -> None:
    counts = own((26.9, 20, 2, 3), (92.1, 20, 2, 3))
    seen = users(Period(DURING, 120, 9, 110, 8), counts)

    assert (seen.requests, seen.failed, seen.surely) == (120, 9, 120)
    assert users(Period(DURING, 120, 9, 110, 8), own((27.1, 20, 2, 3), (91.9, 20, 2, 3))).failed == 5


def test_no_count_falls_below_zero_or_above_the_requests() -> None:
    assert users(Period(DURING, 10, 9, 10, 9), own((40, 20, 0, 0))) == Period(DURING, 0, 0, 0, 0, 0)
    assert users(Period(DURING, 10, 1, 10, 1), own((31, 20, 5, 5))) == Period(DURING, 10, 0, 10, 0, 0)


def test_what_the_shift_itself_asked_is_forgiven_before_the_first_batch_alone() -> None:
    counts = own((31, 20, 0, 0))

    assert users(Period(BEFORE, 100, 15, 100, 12), counts, forgiven=10).failed == 5
    assert users(Period(SINCE + 60, 100, 15, 100, 12), counts, forgiven=10).failed == 15


def test_the_wiring_is_told_by_the_period_with_the_most_own_requests() -> None:
    counts = own((40, 20, 0, 0), (41, 20, 0, 0), (110, 20, 0, 0))
    periods = [Period(BEFORE, 9, 0, 9, 0), Period(DURING, 30, 0, 30, 0), Period(DURING + 60, 25, 0, 25, 0)]

    assert wiring_of(periods, counts, 60) == Wiring(own=40, counted=30)
    assert Wiring(20, 18).sound
    assert not Wiring(20, 17).sound


def test_without_own_requests_in_any_period_nothing_is_known_of_the_wiring() -> None:
    assert wiring_of([Period(DURING, 500, 0, 500, 0)], own(), 60) is None
    assert wiring_of([Period(DURING, 500, 0, 500, 0)], own((29, 20, 0, 0)), 60) is None


@given(st.lists(st.floats(0, 300), max_size=30).map(sorted))
def test_over_all_minutes_no_own_request_is_taken_out_twice(seconds: list[float]) -> None:
    counts = OwnCounts([Batch(second, 20, 0, 0) for second in seconds], SINCE, 1.0)
    edges = [SINCE - 60 + 60 * number for number in range(8)]

    assert sum(counts.surely_within(a, b) for a, b in pairwise(edges)) <= 20 * len(seconds)
    assert counts.near(edges[0], edges[-1]).requests == 20 * len(seconds)


def test_near_the_end_of_a_minute_it_is_not_sure_that_an_own_request_is_in_it() -> None:
    seen = users(Period(DURING, 120, 9, 110, 8), own((88.5, 20, 2, 3)))

    assert (seen.requests, seen.timed) == (120, 110)


def test_what_the_shift_itself_asked_may_have_been_slow_and_is_nobody_elses() -> None:
    seen = users(Period(BEFORE, 100, 15, 100, 12), own((40, 20, 0, 0)), forgiven=10)

    assert (seen.slow, seen.surely) == (2, 90)


def test_nothing_is_forgiven_in_a_minute_that_begins_with_the_first_batch() -> None:
    assert users(Period(DURING, 100, 15, 100, 12), own((30, 20, 0, 0)), forgiven=10).failed == 15


def test_the_wiring_is_told_by_no_request_near_an_edge_of_a_minute() -> None:
    for second in (31, 88.5):
        assert wiring_of([Period(DURING, 500, 0, 500, 0)], own((second, 20, 0, 0)), 60) is None


def test_batches_of_which_a_part_lies_within_are_one() -> None:
    counts = own((29.5, 20, 1, 2), (89.5, 20, 1, 3), (90.0, 20, 9, 9))

    assert counts.near(DURING, DURING + 60) == Batch(DURING, 40, 2, 5)
