"""Metric math: the examples of the CloudWatch guide, and the expressions that Greenlight writes."""

from __future__ import annotations

import pytest

from greenlight.rehearsal.cloud.cloudwatch.alarm_math import MetricMathError, evaluate
from greenlight.rehearsal.cloud.cloudwatch.series import Series, Window

WINDOW = Window(start=0, end=50, period_seconds=10)


def series(*values: float | None) -> Series:
    return Series({time: value for time, value in zip(WINDOW.times, values, strict=False) if value is not None})


def result(expression: str, **known: Series) -> list[float | None]:
    return evaluate(expression, known, WINDOW).within(WINDOW)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 < m2", [0, 0, 1, 0, None]),
        ("m1 >= 30", [1, 0, 0, 0, None]),
        ("m1 > 15 AND m2 > 15", [1, 0, 0, 0, None]),
        ("m1 > 15 || m2 > 15", [1, 1, 1, 0, None]),
    ],
)
def test_a_comparison_reads_a_missing_value_as_zero(expression: str, expected: list[float | None]) -> None:
    assert result(expression, m1=series(30, 20, 0, 0), m2=series(20, None, 20, None)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IF(m1, m2, m3)", [30, 0, 20, None, None]),
        ("IF(m1, 5, m3)", [5, 5, 20, None, None]),
        ("IF(m1, m2, 5)", [30, 0, 5, 5, None]),
        ("IF(m1, m2)", [30, 0, None, None, None]),
    ],
)
def test_if_picks_per_period_as_the_guide_shows(expression: str, expected: list[float | None]) -> None:
    known = {"m1": series(1, 1, 0, 0), "m2": series(30, None, 0, 0, 30), "m3": series(0, 0, 20, None, 20)}

    assert result(expression, **known) == expected


def test_a_division_by_zero_drops_the_period() -> None:
    assert result("errors / requests", errors=series(1, 1), requests=series(0, 4)) == [None, 0.25, None, None, None]


def test_fill_puts_a_number_where_no_value_is() -> None:
    assert result("FILL(m1, 0)", m1=series(1, None, 3)) == [1, 0, 3, 0, 0]


def test_fill_can_repeat_the_last_value() -> None:
    assert result("FILL(m1, REPEAT)", m1=series(None, 2)) == [None, 2, 2, 2, 2]


def test_products_come_before_sums_and_parentheses_before_both() -> None:
    assert result("2 + 3 * m - (m + 1) / 2", m=series(3))[0] == 9
    assert result("-m * 2", m=series(3))[0] == -6


def test_the_error_rate_of_too_few_requests_is_no_error_rate() -> None:
    expression = "IF(FILL(requests, 0) >= 100, 100 * FILL(errors, 0) / requests, 0)"

    rates = result(expression, requests=series(200, 50, None, 100), errors=series(4, 50, None, None))

    assert rates == [2, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("m1 +", "'the end', which is none of the ids"),
        ("m1 m1", "'m1' where 'the end' belongs"),
        ("(m1", r"'the end' where '\)' belongs"),
        ("m9 * 2", "'m9', which is none of the ids"),
        ("RATE(m1)", "the function RATE, which is not rehearsed"),
        ("m1 ^ 2", r"'\^', which is not rehearsed"),
        ("1 + 2", "gives a number"),
    ],
)
def test_what_is_no_expression_is_refused_in_words(expression: str, problem: str) -> None:
    with pytest.raises(MetricMathError, match=problem):
        result(expression, m1=series(1))
