"""Metrics that a part of the cloud process writes itself, as the balancer does for AWS/ApplicationELB."""

from __future__ import annotations

import time

import pytest
from ministack.services import cloudwatch

from greenlight.rehearsal.cloud.cloudwatch.queries import Metric, last_complete
from greenlight.rehearsal.cloud.cloudwatch.store import count_samples, read

DIMENSIONS = {"LoadBalancer": "app/shop/1", "TargetGroup": "targetgroup/green/1"}


def test_what_is_written_in_the_process_is_read_with_its_dimensions() -> None:
    now = time.time()
    cloudwatch.record_metric("AWS/ApplicationELB", "RequestCount", 3, "Count", DIMENSIONS)
    metric = Metric("AWS/ApplicationELB", "RequestCount", tuple(reversed(DIMENSIONS.items())), "Sum", 60)
    other = Metric("AWS/ApplicationELB", "RequestCount", (("LoadBalancer", "app/shop/1"),), "Sum", 60)

    window = last_complete(now + 60, 60, 1)

    assert list(read(metric, window).values.values()) == [3]
    assert read(other, window).values == {}


def test_latencies_of_one_second_can_be_written_at_once() -> None:
    at = 1_700_000_000.5
    cloudwatch._store_datum(
        "AWS/ApplicationELB", "TargetResponseTime", DIMENSIONS, at, "Seconds", None, [0.1, 0.9], [95, 5], None
    )
    metric = Metric("AWS/ApplicationELB", "TargetResponseTime", tuple(DIMENSIONS.items()), "p95", 1)

    assert read(metric, last_complete(at + 1, 1, 1)).values == {1_700_000_000: pytest.approx(0.14)}
    assert count_samples(metric, at + 1) == 100
