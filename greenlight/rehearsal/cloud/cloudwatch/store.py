"""The metrics that ministack holds, read as series.

A balancer under load leaves hundreds of points a second, and alarms read them every second: points are searched, not
gone through. They come in the order of their time, but for the rare metric that somebody dates back.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from ministack.services import cloudwatch

from greenlight.rehearsal.cloud.cloudwatch.queries import Metric, last_complete
from greenlight.rehearsal.cloud.cloudwatch.series import Series, Window
from greenlight.rehearsal.cloud.cloudwatch.statistics import percentile_rank, rank_bounds

REQUIRED = ("_metrics", "_dims_key", "_calc_stats", "_stat_value", "_point_stats")
"""The names of ministack's cloudwatch module that this module reads."""

Point = dict[str, Any]

_in_order: dict[tuple[str, str, str], int] = {}
"""How many points of a metric are known to be in order."""


def read(metric: Metric, window: Window) -> Series:
    """The statistic of each period in a window. Only values with exactly the metric's dimensions count."""
    values = {start: _statistic(metric.statistic, points) for start, points in _by_period(metric, window).items()}
    return Series({start: float(value) for start, value in values.items() if value is not None})


def count_samples(metric: Metric, now: float) -> float:
    """How many values the metric got in the last complete period before a Unix time."""
    buckets = _by_period(metric, last_complete(now, metric.period_seconds, 1))
    return sum(float(cloudwatch._point_stats(point)[0]) for points in buckets.values() for point in points)


def _statistic(name: str, points: list[Point]) -> Any:
    if bounds := rank_bounds(name):
        return percentile_rank([_value_and_count(point) for point in points], bounds)
    return cloudwatch._stat_value(cloudwatch._calc_stats(points), name, points)


def _value_and_count(point: Point) -> tuple[float, float]:
    """A point's value, or the mean of a published statistic set, which has no values of its own."""
    count, total, *_ = cloudwatch._point_stats(point)
    return (float(total) / float(count) if count else 0.0), float(count)


def _by_period(metric: Metric, window: Window) -> dict[int, list[Point]]:
    buckets: defaultdict[int, list[Point]] = defaultdict(list)
    for point in _within(metric, window):
        start = math.floor(point["Timestamp"] / window.period_seconds) * window.period_seconds
        buckets[start].append(point)
    return buckets


def _within(metric: Metric, window: Window) -> Iterable[Point]:
    key = (metric.namespace, metric.name, cloudwatch._dims_key(dict(metric.dimensions)))
    points: list[Point] = cloudwatch._metrics.get(key) or []
    if _are_in_order(key, points):
        return points[
            bisect_left(points, float(window.start), key=_time) : bisect_left(points, float(window.end), key=_time)
        ]
    return [point for point in points if window.start <= _time(point) < window.end]


def _are_in_order(key: tuple[str, str, str], points: list[Point]) -> bool:
    """Only the points that came since the last time are compared."""
    count = len(points)
    known = _in_order.get(key, 0)
    if known <= count and all(_time(a) <= _time(b) for a, b in pairwise(points[max(0, known - 1) : count])):
        _in_order[key] = count
        return True
    _in_order[key] = 0
    return False


def _time(point: Point) -> float:
    return float(point["Timestamp"])
