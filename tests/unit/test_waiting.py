from __future__ import annotations

from itertools import count

from greenlight.waiting import awaited, wait_until


def test_the_last_look_is_returned_when_the_time_is_over() -> None:
    clock, looks = count(0.0, 4.0), count(1)

    assert awaited(lambda: next(looks), lambda _: False, 10, sleep=lambda _: None, now=lambda: next(clock)) == 3


def test_what_is_good_at_once_is_not_waited_for() -> None:
    slept: list[float] = []

    assert awaited(lambda: "seen", bool, 10, sleep=slept.append) == "seen"
    assert slept == []


def test_there_is_one_look_even_when_there_is_no_time() -> None:
    assert wait_until(lambda: True, 0)
    assert not wait_until(lambda: False, 0)
