"""Alarm states: the tables of the CloudWatch guide on missing data, row by row."""

from __future__ import annotations

import pytest

from greenlight.rehearsal.cloud.cloudwatch.alarm_state import AlarmState, Missing, Rule, judge

SIGNS = {"0": 0.0, "X": 9.0, "-": None}
ALARM, OK, NONE = AlarmState.ALARM, AlarmState.OK, AlarmState.INSUFFICIENT_DATA
KEEP = None
COLUMNS = (Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING)


def rule(datapoints: int, missing: Missing, periods: int = 3) -> Rule:
    return Rule("GreaterThanThreshold", 1.0, periods, datapoints, missing)


def state(points: str, rule: Rule, current: AlarmState = OK) -> AlarmState:
    return judge([SIGNS[sign] for sign in points.split()], rule, current).state


def assert_row(points: str, datapoints: int, *expected: AlarmState | None) -> None:
    """One row of the guide's table: a column for each way to treat missing data; KEEP stays as it is."""
    for treat, answer in zip(COLUMNS, expected, strict=True):
        for current in AlarmState:
            assert state(points, rule(datapoints, treat), current) == (answer or current), (treat, current)


@pytest.mark.parametrize(
    ("points", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", OK, OK, OK, OK),
        ("0 - - - -", OK, OK, OK, OK),
        ("- - - - -", NONE, KEEP, ALARM, OK),
        ("0 X X - X", ALARM, ALARM, ALARM, ALARM),
        ("- - X - -", ALARM, KEEP, ALARM, OK),
        ("- - - - X", NONE, KEEP, ALARM, OK),
        ("X - - - -", ALARM, KEEP, ALARM, OK),
    ],
)
def test_three_out_of_three(
    points: str, missing: AlarmState, ignore: AlarmState, breaching: AlarmState, not_breaching: AlarmState
) -> None:
    assert_row(points, 3, missing, ignore, breaching, not_breaching)


@pytest.mark.parametrize(
    ("points", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", ALARM, ALARM, ALARM, ALARM),
        ("0 0 X 0 X", ALARM, ALARM, ALARM, ALARM),
        ("0 - X - -", OK, OK, ALARM, OK),
        ("- - - - 0", OK, OK, ALARM, OK),
        ("- - - - X", NONE, KEEP, ALARM, OK),
    ],
)
def test_two_out_of_three(
    points: str, missing: AlarmState, ignore: AlarmState, breaching: AlarmState, not_breaching: AlarmState
) -> None:
    assert_row(points, 2, missing, ignore, breaching, not_breaching)


def test_an_alarm_goes_back_to_ok_once_the_breach_is_out_of_sight() -> None:
    one = rule(1, Missing.NOT_BREACHING, periods=1)

    assert state("- X -", one, OK) is ALARM
    assert state("- - -", one, ALARM) is OK


def test_the_reason_names_values_threshold_and_counts() -> None:
    reason = judge([None, None, 7.0, 9.0, None], rule(2, Missing.NOT_BREACHING), OK).reason

    assert reason == (
        "Threshold Crossed: the last datapoints [9, 7], 1 missing treated as notBreaching were greater than"
        " the threshold (1) 2 out of 3 times"
    )
