"""When a bake sends own requests."""

from __future__ import annotations

from traffic_switch.judging.looks import Batch
from traffic_switch.judging.schedule import MOST_BATCHES, Volley, next_volley, pause_seconds

from tests.unit.bake_world import policy

POLICY = policy()
FAST = [Batch(3.0 + at, 20, 0, 0) for at in range(60)]
GOOD_LOOK, BAD_LOOK = Batch(100.0, 20, 0, 0), Batch(100.0, 20, 1, 0)


def test_the_first_run_sends_for_half_a_minute_and_then_lets_go() -> None:
    assert next_volley(POLICY, [], 3.0, 0, []) == Volley(30, 20)
    assert next_volley(POLICY, FAST[:30], 33.0, 30, [Volley(30, 20)]) is None


def test_the_next_run_sends_what_is_left_of_the_first_minute() -> None:
    assert next_volley(POLICY, FAST[:30], 35.0, 0, []) == Volley(28, 20)


def test_a_run_that_ends_the_first_minute_sends_no_look_on_top() -> None:
    assert next_volley(POLICY, FAST, 63.0, 28, [Volley(28, 20)]) is None


def test_afterwards_each_run_sends_one_small_batch() -> None:
    assert next_volley(POLICY, FAST, 80.0, 0, []) == Volley(1, 20)
    assert next_volley(POLICY, [*FAST, GOOD_LOOK], 101.0, 1, [Volley(1, 20)]) is None


def test_a_look_with_a_failure_is_chased_at_once_and_again_while_it_goes_on() -> None:
    sent = [Volley(1, 20)]
    assert next_volley(POLICY, [*FAST, BAD_LOOK], 101.0, 1, sent) == Volley(10, 20)
    assert next_volley(POLICY, [*FAST, BAD_LOOK], 111.0, 11, [*sent, Volley(10, 20)]) == Volley(10, 20)
    assert next_volley(POLICY, [*FAST, BAD_LOOK], 121.0, 21, [*sent, Volley(10, 20), Volley(10, 20)]) is None


def test_a_slow_answer_is_not_chased() -> None:
    assert next_volley(POLICY, [*FAST, Batch(100.0, 20, 0, 5)], 101.0, 1, [Volley(1, 20)]) is None


def test_nothing_is_chased_when_there_are_as_many_batches_as_can_be_carried() -> None:
    many = [*FAST, *[BAD_LOOK] * (MOST_BATCHES - len(FAST))]

    assert next_volley(POLICY, many, 101.0, 1, [Volley(1, 20)]) is None


def test_a_bake_without_looks_of_its_own_sends_nothing_after_the_first_minute() -> None:
    assert next_volley(policy(bake_probes=0), FAST, 80.0, 0, []) is None


def test_the_next_look_comes_an_interval_after_the_last_one_began() -> None:
    assert pause_seconds(POLICY, [*FAST, GOOD_LOOK], started=100.0, second=101.2) == 14


def test_a_look_that_took_longer_than_an_interval_is_followed_after_a_second() -> None:
    assert pause_seconds(POLICY, [*FAST, GOOD_LOOK], started=100.0, second=122.0) == 1


def test_within_the_first_minute_the_next_run_follows_after_a_second() -> None:
    assert pause_seconds(POLICY, FAST[:30], started=3.0, second=33.0) == 1


def test_the_last_look_is_at_the_end_of_the_bake() -> None:
    assert pause_seconds(POLICY, [*FAST, GOOD_LOOK], started=411.0, second=412.0) == 8
    assert pause_seconds(POLICY, [*FAST, GOOD_LOOK], started=420.0, second=421.0) == 14


def test_batches_of_half_a_second_are_twice_as_many() -> None:
    quick = policy(bake_batch_seconds=0.5)

    assert next_volley(quick, [], 3.0, 0, []) == Volley(60, quick.batch_requests)
    assert pause_seconds(quick, [Batch(3.0, 10, 0, 0)], started=40.0, second=62.7) == 1


def test_a_look_is_chased_while_there_is_room_for_the_whole_chase() -> None:
    assert next_volley(POLICY, [*FAST, BAD_LOOK], 101.0, 20, [Volley(1, 20)]) == Volley(10, 20)


def test_at_the_very_end_of_the_bake_the_next_look_comes_an_interval_later() -> None:
    assert pause_seconds(POLICY, [*FAST, GOOD_LOOK], started=419.0, second=420.0) == 14
