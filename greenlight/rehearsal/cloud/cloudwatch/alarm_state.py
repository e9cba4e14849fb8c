"""The state of a CloudWatch alarm, from the values of the last periods.

The rules are those of the CloudWatch guide, "Configuring how CloudWatch alarms treat missing data", tables included.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

LOOK_BACK = 2
"""Periods that CloudWatch reads beyond those an alarm evaluates: its guide reads 5 for an alarm that evaluates 3."""


class AlarmState(StrEnum):
    """CloudWatch's alarm states."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Missing(StrEnum):
    """What an alarm makes of a period without a value (PutMetricAlarm, TreatMissingData)."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


@dataclass(frozen=True)
class Rule:
    """When an alarm goes off: `datapoints` of the last `periods` values beyond a threshold."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: Missing

    def breached_by(self, value: float) -> bool:
        """Whether one value is beyond the threshold."""
        return _COMPARISONS[self.comparison][0](value, self.threshold)


@dataclass(frozen=True)
class Judgment:
    """The state that the values call for, and CloudWatch's words for it."""

    state: AlarmState
    reason: str


def judge(values: Sequence[float | None], rule: Rule, current: AlarmState) -> Judgment:
    """Judge the values of the last `rule.periods + LOOK_BACK` periods, oldest first, None where one is missing."""
    present = [value for value in values if value is not None]
    breaches = sum(map(rule.breached_by, present[-rule.periods :]))
    if len(present) >= rule.periods:
        return _judgment(breaches >= rule.datapoints, rule, present[-rule.periods :], missing=0)
    lacking = rule.periods - len(present)
    if rule.missing is Missing.BREACHING:
        return _judgment(breaches + lacking >= rule.datapoints, rule, present, lacking)
    if rule.missing is Missing.NOT_BREACHING or breaches < len(present) or breaches >= rule.datapoints:
        return _judgment(breaches >= rule.datapoints, rule, present, lacking)
    return _undecided(values, rule, current)


def _undecided(values: Sequence[float | None], rule: Rule, current: AlarmState) -> Judgment:
    """Too few values, all of them beyond the threshold, or none at all.

    A breach that is old enough counts although nothing came after it; a fresh one waits for more values.
    """
    if rule.missing is Missing.IGNORE:
        return Judgment(current, "Unchanged: too few datapoints, and missing ones are ignored")
    oldest = next((at for at, value in enumerate(values) if value is not None), None)
    if oldest is not None and len(values) - oldest >= rule.datapoints:
        return _judgment(True, rule, [value for value in values if value is not None], 0)
    return Judgment(AlarmState.INSUFFICIENT_DATA, "Insufficient Data: too few datapoints were received")


def _judgment(breached: bool, rule: Rule, values: Sequence[float], missing: int) -> Judgment:
    words = _COMPARISONS[rule.comparison][1]
    seen = ", ".join(f"{value:g}" for value in reversed(values)) or "none"
    treated = f", {missing} missing treated as {rule.missing}" if missing else ""
    verdict = "" if breached else "not "
    reason = (
        f"Threshold Crossed: the last datapoints [{seen}]{treated} were {verdict}{words} the threshold"
        f" ({rule.threshold:g}) {rule.datapoints} out of {rule.periods} times"
    )
    return Judgment(AlarmState.ALARM if breached else AlarmState.OK, reason)
