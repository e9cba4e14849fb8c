"""The statistics that the rehearsal's CloudWatch works out itself."""

from __future__ import annotations

import pytest
from ministack.services import cloudwatch

from greenlight.rehearsal.cloud.cloudwatch.alarm_math import MetricMathError
from greenlight.rehearsal.cloud.cloudwatch.queries import Metric, last_complete, parse
from greenlight.rehearsal.cloud.cloudwatch.statistics import is_rehearsed, percentile_rank, rank_bounds
from greenlight.rehearsal.cloud.cloudwatch.store import read

INF = float("inf")


@pytest.mark.parametrize(
    ("statistic", "bounds"),
    [
        ("PR(:0.5)", (-INF, 0.5)),
        ("PR(:300)", (-INF, 300)),
        ("PR(0.1:.5)", (0.1, 0.5)),
        ("PR(2:)", (2, INF)),
        ("PR(:)", None),
        ("PR(0.5)", None),
        ("TC(:0.5)", None),
        ("p95", None),
    ],
)
def test_a_percentile_rank_has_bounds(statistic: str, bounds: tuple[float, float] | None) -> None:
    assert rank_bounds(statistic) == bounds


def test_the_rank_counts_the_upper_bound_in_and_the_lower_one_out() -> None:
    values = [(0.1, 2), (0.5, 1), (0.50001, 1)]

    assert percentile_rank(values, (-INF, 0.5)) == 75
    assert percentile_rank(values, (0.1, 0.5)) == 25
    assert percentile_rank([], (-INF, 0.5)) is None


@pytest.mark.parametrize("statistic", ["Sum", "SampleCount", "p95", "p99.9", "p100", "PR(:0.5)"])
def test_what_greenlight_asks_for_is_rehearsed(statistic: str) -> None:
    assert is_rehearsed(statistic)


@pytest.mark.parametrize("statistic", ["TC(:0.5)", "tm95", "sum", "p101", "p", "PR()"])
def test_a_statistic_that_is_not_rehearsed_is_refused_by_name(statistic: str) -> None:
    stat = {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60, "Stat": statistic}

    with pytest.raises(MetricMathError, match="is not rehearsed"):
        parse([{"Id": "m", "MetricStat": stat}])


def test_the_rank_of_latencies_that_were_written_together_is_read_back() -> None:
    at, dimensions = 1_700_000_100.5, {"LoadBalancer": "app/shop/1", "TargetGroup": "targetgroup/rank/1"}
    cloudwatch._store_datum(
        "AWS/ApplicationELB", "TargetResponseTime", dimensions, at, "Seconds", None, [0.1, 0.5, 0.9], [90, 5, 5], None
    )
    metric = Metric("AWS/ApplicationELB", "TargetResponseTime", tuple(dimensions.items()), "PR(:0.5)", 1)

    assert read(metric, last_complete(at + 1, 1, 1)).values == {1_700_000_100: 95}
