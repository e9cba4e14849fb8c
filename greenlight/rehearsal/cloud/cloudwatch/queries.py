"""CloudWatch's MetricDataQueries: from what a caller or an alarm asks to series."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenlight.rehearsal.cloud.cloudwatch.alarm_math import MetricMathError, evaluate
from greenlight.rehearsal.cloud.cloudwatch.series import Series, Window
from greenlight.rehearsal.cloud.cloudwatch.statistics import REHEARSED, is_rehearsed

DEFAULT_PERIOD_SECONDS = 60


@dataclass(frozen=True)
class Metric:
    """One metric with one statistic per period. Every combination of dimensions is a metric of its own."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period_seconds: int


@dataclass(frozen=True)
class Query:
    """One MetricDataQuery: a metric, or an expression over other queries."""

    id: str
    label: str
    source: Metric | str
    wanted: bool

    def as_aws(self) -> dict[str, Any]:
        """The query as DescribeAlarms shows it."""
        if isinstance(self.source, str):
            return {"Id": self.id, "Expression": self.source, "Label": self.label, "ReturnData": self.wanted}
        return {"Id": self.id, "MetricStat": _metric_stat(self.source), "ReturnData": self.wanted}


Read = Callable[[Metric, Window], Series]


def parse(queries: Sequence[Mapping[str, Any]]) -> tuple[Query, ...]:
    """Read MetricDataQueries as the API has them, or as a template has them, where numbers may be strings.

    Raises:
        MetricMathError: a statistic is wrong or not rehearsed.
    """
    return tuple(_query(query) for query in queries)


def period_of(queries: Sequence[Query]) -> int:
    """The period of an expression: that of the metrics it is made of, which share one."""
    periods = [query.source.period_seconds for query in queries if isinstance(query.source, Metric)]
    return max(periods, default=DEFAULT_PERIOD_SECONDS)


def answer(queries: Sequence[Query], window: Callable[[int], Window], read: Read) -> dict[str, Series]:
    """Work out all queries, metrics first: an expression may name an id that is defined further down.

    Raises:
        MetricMathError: an expression cannot be worked out.
    """
    known = {
        query.id: read(query.source, window(query.source.period_seconds))
        for query in queries
        if isinstance(query.source, Metric)
    }
    for query in queries:
        if isinstance(query.source, str):
            known[query.id] = evaluate(query.source, known, window(period_of(queries)))
    return known


def request_window(start: float, end: float, period_seconds: int) -> Window:
    """The periods of a GetMetricData call: the start is rounded down to a period, the end is exclusive."""
    return Window(_floor(start, period_seconds), math.ceil(end / period_seconds) * period_seconds, period_seconds)


def last_complete(now: float, period_seconds: int, count: int) -> Window:
    """The last periods that are over. The one that is running would look like a drop in every count."""
    end = _floor(now, period_seconds)
    return Window(end - count * period_seconds, end, period_seconds)


def _floor(time: float, period_seconds: int) -> int:
    return math.floor(time / period_seconds) * period_seconds


def _query(query: Mapping[str, Any]) -> Query:
    wanted = str(query.get("ReturnData", True)).lower() != "false"
    if query.get("Expression"):
        return Query(query["Id"], query.get("Label") or query["Id"], query["Expression"], wanted)
    metric = _metric(query["MetricStat"])
    return Query(query["Id"], query.get("Label") or metric.name, metric, wanted)


def _metric(stat: Mapping[str, Any]) -> Metric:
    metric = stat["Metric"]
    dimensions = {d["Name"]: str(d["Value"]) for d in metric.get("Dimensions") or []}
    period = int(stat.get("Period") or DEFAULT_PERIOD_SECONDS)
    if not is_rehearsed(str(stat["Stat"])):
        raise MetricMathError(f"the statistic {stat['Stat']} is not rehearsed: {REHEARSED} are")
    return Metric(metric["Namespace"], metric["MetricName"], tuple(dimensions.items()), stat["Stat"], period)


def _metric_stat(metric: Metric) -> dict[str, Any]:
    return {
        "Metric": {
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
        },
        "Period": metric.period_seconds,
        "Stat": metric.statistic,
    }
