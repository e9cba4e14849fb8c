"""What the expressions of a color's alarms say of periods, by the rehearsal's CloudWatch."""

from __future__ import annotations

import random

import pytest
from greenlight_cdk.alarm_expressions import THRESHOLD, error_excess, slow_excess

from greenlight.rehearsal.cloud.cloudwatch.alarm_math import evaluate
from greenlight.rehearsal.cloud.cloudwatch.series import Series, Window

WINDOW = Window(0, 60, 60)


def excess(expression: str, **values: float | None) -> float | None:
    """One period's value; None is a metric that has none."""
    known = {name: Series({} if value is None else {0: value}) for name, value in values.items()}
    return evaluate(expression, known, WINDOW).at(0)


def errors(limit: float, requests: float | None, bad: float | None) -> float | None:
    return excess(error_excess(limit), requests=requests, errors=bad)


def slow(answers: float, within: float | None) -> float | None:
    return excess(slow_excess(), answers=answers, within=within)


@pytest.mark.parametrize(
    ("requests", "bad", "value"),
    [(1000, 10, 0), (1000, 19, 8.1), (1000, 20, 10), (99, 99, 0), (100, 5, 16), (60_000, 673, 8.881666666666666)],
)
def test_errors_count_by_how_far_they_are_beyond_the_limit(requests: int, bad: int, value: float) -> None:
    assert errors(0.01, requests, bad) == pytest.approx(value)


def test_without_errors_or_requests_there_is_no_excess() -> None:
    assert errors(0.01, 1000, None) == 0
    assert errors(0.01, None, None) == 0


def test_with_a_limit_of_zero_every_error_is_too_many() -> None:
    assert errors(0, 5, 1) == 2 * THRESHOLD
    assert errors(0, 5, None) == 0


@pytest.mark.parametrize(("answers", "within", "value"), [(1000, 95, 0), (1000, 93, 8), (1000, 92, 18), (99, 0, 0)])
def test_slow_answers_count_by_how_far_they_are_beyond_the_limit(answers: int, within: float, value: float) -> None:
    assert slow(answers, within) == pytest.approx(value)


def test_a_percentile_rank_that_is_missing_is_no_slow_answer() -> None:
    assert slow(1000, None) == 0


def test_below_the_limit_an_alarm_hardly_ever_goes_off() -> None:
    """At 0.9 % (limit 1 %) the excess of a minute is above the threshold in about 1 of 1,000: two of three are not."""
    draw = random.Random(1)
    breaches = 0
    for _ in range(300):
        bad = sum(draw.random() < 0.009 for _ in range(680))
        breaches += (errors(0.01, 680, bad) or 0) > THRESHOLD

    assert breaches <= 3
