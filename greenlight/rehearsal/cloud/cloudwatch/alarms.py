"""One look at a CloudWatch alarm: what it watches, and the state that this calls for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlight.rehearsal.cloud.cloudwatch.alarm_state import LOOK_BACK, AlarmState, Judgment, Missing, Rule, judge
from greenlight.rehearsal.cloud.cloudwatch.queries import Metric, Query, Read, answer, last_complete, parse, period_of
from greenlight.rehearsal.cloud.cloudwatch.series import Series

SINGLE_METRIC_FIELDS = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Dimensions",
    "Unit",
)
"""What describes an alarm on one metric, and is absent from an alarm on metric math."""

CountSamples = Callable[[Metric, float], float]
"""How many values a metric got in its last complete period before a time."""


def queries_of(alarm: Mapping[str, Any]) -> tuple[Query, ...]:
    """What an alarm watches, as queries of which one is wanted; empty for a record that is not complete yet."""
    if alarm.get("Metrics"):
        return parse(alarm["Metrics"])
    if not alarm.get("MetricName"):
        return ()
    metric = {name: alarm.get(name) for name in ("Namespace", "MetricName", "Dimensions")}
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    return parse([{"Id": "m1", "MetricStat": {"Metric": metric, "Period": alarm.get("Period"), "Stat": statistic}}])


def rule_of(alarm: Mapping[str, Any]) -> Rule:
    """When the alarm goes off. Without DatapointsToAlarm, every period that it evaluates must be breaching."""
    periods = int(alarm["EvaluationPeriods"])
    return Rule(
        comparison=alarm["ComparisonOperator"],
        threshold=float(alarm["Threshold"]),
        periods=periods,
        datapoints=int(alarm.get("DatapointsToAlarm") or periods),
        missing=Missing(alarm.get("TreatMissingData") or Missing.MISSING),
    )


def look(alarm: Mapping[str, Any], now: float, read: Read, count_samples: CountSamples) -> Judgment | None:
    """Judge an alarm at a time, or None when it watches nothing yet or has too few samples for its percentile."""
    queries = queries_of(alarm)
    if not queries or _too_few_samples(alarm, queries, now, count_samples):
        return None
    rule = rule_of(alarm)
    window = last_complete(now, period_of(queries), rule.periods + LOOK_BACK)
    series = answer(queries, lambda _: window, read)[_wanted(queries).id]
    return judge(series.within(window), rule, AlarmState(alarm["StateValue"]))


def check(alarm: Mapping[str, Any]) -> None:
    """Work the alarm's expression out over nothing, so that one that cannot be rehearsed is refused at once.

    Raises:
        MetricMathError: the expression is wrong or not rehearsed.
    """
    queries = queries_of(alarm)
    answer(queries, lambda period: last_complete(0, period, 1), lambda _metric, _window: Series({}))


def _wanted(queries: tuple[Query, ...]) -> Query:
    return next(query for query in queries if query.wanted)


def _too_few_samples(
    alarm: Mapping[str, Any], queries: tuple[Query, ...], now: float, count_samples: CountSamples
) -> bool:
    """Whether a percentile is not significant (below 10/(1-p) samples) and the alarm is told to leave it then."""
    source = queries[0].source
    if alarm.get("EvaluateLowSampleCountPercentile") != "ignore" or not isinstance(source, Metric):
        return False
    if not source.statistic.startswith("p"):
        return False
    share = float(source.statistic[1:]) / 100
    return count_samples(source, now) < 10 / (1 - share if share >= 0.5 else share)
