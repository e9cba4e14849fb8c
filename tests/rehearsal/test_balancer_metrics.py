"""Lines of the access log become the metrics that an Application Load Balancer publishes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from ministack.services import cloudwatch

from greenlight.rehearsal.balancer.access_log import Request, line_format, parse
from greenlight.rehearsal.balancer.health import CHECKING, HEALTHY, Health, TargetState
from greenlight.rehearsal.balancer.metrics import Datum, host_data, request_data
from greenlight.rehearsal.cloud.elbv2 import publication
from greenlight.rehearsal.cloud.elbv2.edge import Edge

BALANCER = ("LoadBalancer", "app/shop/1")
GROUP = ("TargetGroup", "targetgroup/blue/2")
OK = "app/shop/1 targetgroup/blue/2 127.0.0.1:13000 200 - via_upstream 2400 1790000000.1 250 GET /"
REFUSED = (
    "app/shop/1 targetgroup/blue/2 127.0.0.1:13000 502 UF "
    "upstream_reset_before_response_started{remote_connection_failure} - 1790000000.1 250 GET /"
)
EMPTY = "app/shop/1 targetgroup/blue/2 - 503 UH no_healthy_upstream - 1790000000.1 250 GET /"
TARGET_ERROR = "app/shop/1 targetgroup/blue/2 127.0.0.1:13000 500 - via_upstream 900 1790000000.1 250 GET /"
FIXED = "app/shop/1 - - 503 - direct_response - 1790000000.1 250 GET /"


def metrics(*lines: str) -> dict[tuple[str, int], tuple[tuple[float, int], ...]]:
    """Values by a metric's name and its number of dimensions."""
    return {(each.name, len(each.dimensions)): each.values for each in request_data(map(parse, lines))}


def test_a_line_is_read_back_as_it_was_written() -> None:
    assert parse(OK) == Request(
        load_balancer="app/shop/1",
        target_group="targetgroup/blue/2",
        has_target=True,
        status=200,
        by_target=True,
        fixed=False,
        connection_failed=False,
        target_seconds=0.0024,
        ended_at=1790000000.35,
    )


def test_the_format_has_as_many_fields_as_a_line() -> None:
    assert len(line_format("app/shop/1").split()) == len(OK.split())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            OK,
            {
                ("RequestCount", 1),
                ("RequestCount", 2),
                ("HTTPCode_Target_2XX_Count", 1),
                ("HTTPCode_Target_2XX_Count", 2),
                ("TargetResponseTime", 1),
                ("TargetResponseTime", 2),
            },
        ),
        (
            TARGET_ERROR,
            {
                ("RequestCount", 1),
                ("RequestCount", 2),
                ("HTTPCode_Target_5XX_Count", 1),
                ("HTTPCode_Target_5XX_Count", 2),
                ("TargetResponseTime", 1),
                ("TargetResponseTime", 2),
            },
        ),
        (
            REFUSED,
            {
                ("RequestCount", 1),
                ("RequestCount", 2),
                ("TargetConnectionErrorCount", 1),
                ("TargetConnectionErrorCount", 2),
                ("HTTPCode_ELB_5XX_Count", 1),
                ("HTTPCode_ELB_502_Count", 1),
            },
        ),
        (EMPTY, {("HTTPCode_ELB_5XX_Count", 1), ("HTTPCode_ELB_503_Count", 1)}),
        (
            FIXED,
            {("HTTP_Fixed_Response_Count", 1), ("HTTPCode_ELB_5XX_Count", 1), ("HTTPCode_ELB_503_Count", 1)},
        ),
    ],
)
def test_each_kind_of_request_counts_where_aws_counts_it(line: str, expected: set[tuple[str, int]]) -> None:
    assert set(metrics(line)) == expected


def test_requests_add_up() -> None:
    assert metrics(OK, OK, TARGET_ERROR)["RequestCount", 2] == ((3, 1),)


def test_response_times_are_seconds_with_how_often_each_was_seen() -> None:
    assert metrics(OK, OK, TARGET_ERROR)["TargetResponseTime", 2] == ((0.0009, 1), (0.0024, 2))


def test_without_requests_there_are_no_request_metrics() -> None:
    assert request_data([]) == []


def test_hosts_count_as_healthy_or_unhealthy_or_as_neither() -> None:
    health = [HEALTHY, HEALTHY, Health(TargetState.UNHEALTHY), CHECKING]

    assert host_data({("app/shop/1", "targetgroup/blue/2"): health}) == [
        Datum("HealthyHostCount", (BALANCER, GROUP), "Count", ((2, 1),)),
        Datum("UnHealthyHostCount", (BALANCER, GROUP), "Count", ((1, 1),)),
    ]


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, Any]]:
    """What was published: name, time and values."""
    found: list[tuple[str, float, Any]] = []
    monkeypatch.setattr(
        cloudwatch,
        "_store_datum",
        lambda _namespace, name, _dimensions, at, _unit, _value, values, *_: found.append((name, at, values)),
    )
    return found


def published(lines: list[str], *moments: float) -> None:
    """Publish at some moments; all requests have been seen at the first one."""
    seen = iter([map(parse, lines)])
    hosts = {("app/shop/1", "targetgroup/blue/2"): [HEALTHY]}
    edge = SimpleNamespace(balancer=SimpleNamespace(new_requests=lambda: next(seen, [])), hosts=lambda: hosts)
    times = iter(moments)
    publisher = publication.Publication(cast(Edge, edge), lambda: next(times))
    for _ in moments:
        publisher.publish()


def test_a_quick_rehearsal_counts_each_request_in_the_second_in_which_it_ended(
    stored: list[tuple[str, float, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(publication.INTERVAL_VARIABLE, "0.5")
    published([OK, OK.replace("1790000000.1 250", "1790000000.1 2950"), OK], 1790000009.0)

    counted = {(at, values) for name, at, values in stored if name == "RequestCount"}
    assert counted == {(1790000000.0, (2,)), (1790000003.0, (1,))}


def test_in_real_time_each_minute_is_published_once_when_it_is_over(
    stored: list[tuple[str, float, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS: elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html, "in 60-second intervals"."""
    monkeypatch.delenv(publication.INTERVAL_VARIABLE, raising=False)
    minute, later = 1789999980.0, OK.replace("1790000000.1", "1790000040.1")
    published([OK, later, OK], minute + 60, minute + 120)

    counted = sorted({(at, values) for name, at, values in stored if name == "RequestCount"})
    assert counted == [(minute, (2,)), (minute + 60, (1,))]
    assert [at for name, at, _ in stored if name == "HealthyHostCount"] == [minute, minute + 60]
