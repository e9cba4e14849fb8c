"""CloudWatch's answers as its API reference and the ELB guide document them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.request import Request

import pytest
from botocore.exceptions import ClientError

from tests.simulation.cloud import Cloud
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.site import HOST, Site, add_site


@pytest.fixture
def site(cloud: Cloud) -> Site:
    """Ten users a second on blue, and figures that are there at once."""
    cloud.elbv2.propagation = (0.0, 0.0)
    cloud.cloudwatch.lag = 0.0
    made = add_site(cloud, rate=10.0)
    made.write_rule(100, 0)
    return made


def asked(
    site: Site, metric: str, statistic: str = "Sum", minutes: int = 3, color: str = "blue", **more: Any
) -> list[float]:
    dimensions = [{"Name": "TargetGroup", "Value": site.dimension(color)}]
    named = {"Namespace": "AWS/ApplicationELB", "MetricName": metric, "Dimensions": dimensions}
    query = {"Id": "q", "MetricStat": {"Metric": named, "Period": 60, "Stat": statistic}}
    reply = site.cloud.client("test", "cloudwatch").get_metric_data(
        MetricDataQueries=[query],
        StartTime=datetime.fromtimestamp(EPOCH, UTC),
        EndTime=datetime.fromtimestamp(EPOCH + 60 * minutes, UTC),
        **{"ScanBy": "TimestampAscending", **more},
    )
    values: list[float] = reply["MetricDataResults"][0]["Values"]
    return values


def test_requests_are_counted_by_the_minute(cloud: Cloud, site: Site) -> None:
    cloud.kernel.sleep(185)
    assert asked(site, "RequestCount") == [600, 600, 600]


def test_the_newest_value_comes_first_unless_asked_otherwise(cloud: Cloud, site: Site) -> None:
    cloud.kernel.at(60, lambda: site.write_rule(50, 50))
    cloud.kernel.sleep(125)
    assert asked(site, "RequestCount", minutes=2, ScanBy="TimestampDescending") == [300, 600]


def test_a_shift_in_the_middle_of_a_minute_splits_it(cloud: Cloud, site: Site) -> None:
    cloud.kernel.at(30, lambda: site.write_rule(0, 100))
    cloud.kernel.sleep(65)
    assert (asked(site, "RequestCount"), asked(site, "RequestCount", color="green")) == ([300], [300])


def test_a_minute_is_not_there_before_its_lag_is_over(cloud: Cloud, site: Site) -> None:
    cloud.cloudwatch.lag = 90.0
    cloud.kernel.sleep(149)
    assert asked(site, "RequestCount") == []
    cloud.kernel.sleep(1)
    assert asked(site, "RequestCount") == [600]


def test_a_gap_is_a_minute_without_a_value(cloud: Cloud, site: Site) -> None:
    cloud.cloudwatch.gaps.add(EPOCH + 60)
    cloud.kernel.sleep(185)
    assert len(asked(site, "RequestCount")) == 2


def test_errors_are_reported_only_when_there_are_any(cloud: Cloud, site: Site) -> None:
    cloud.kernel.at(60, lambda: site.change("blue", fails=0.05))
    cloud.kernel.sleep(125)
    assert asked(site, "HTTPCode_Target_5XX_Count") == [30]
    assert asked(site, "HTTPCode_Target_2XX_Count") == [600, 570]


def test_refused_connections_are_no_answers_of_the_target(cloud: Cloud, site: Site) -> None:
    site.change("blue", up=False)
    cloud.kernel.sleep(65)
    assert asked(site, "TargetConnectionErrorCount") == [600]
    assert asked(site, "HTTPCode_Target_5XX_Count") == []


def test_probes_are_counted_with_the_users(cloud: Cloud, site: Site) -> None:
    cloud.kernel.sleep(5)
    for _ in range(7):
        cloud.web.exchange(Request(f"http://{HOST}/"))
    cloud.kernel.sleep(60)
    assert asked(site, "RequestCount") == [607]


def test_latency_has_percentiles_and_percentile_ranks(cloud: Cloud, site: Site) -> None:
    site.change("blue", slow=0.08, seconds=0.02, slow_seconds=2.0)
    cloud.kernel.sleep(65)
    assert asked(site, "TargetResponseTime", "p90") == [0.02]
    assert asked(site, "TargetResponseTime", "p95") == [2.0]
    assert asked(site, "TargetResponseTime", "PR(:0.5)") == pytest.approx([92.0])
    assert asked(site, "TargetResponseTime", "SampleCount") == [600]


def test_a_metric_can_be_missing_altogether(cloud: Cloud, site: Site) -> None:
    cloud.cloudwatch.missing.add("RequestCount")
    cloud.kernel.sleep(65)
    assert asked(site, "RequestCount") == []


def test_more_than_500_queries_are_refused(cloud: Cloud, site: Site) -> None:
    metric = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount"}
    query = {"MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    with pytest.raises(ClientError, match="500"):
        cloud.client("test", "cloudwatch").get_metric_data(
            MetricDataQueries=[{"Id": f"q{n}", **query} for n in range(501)], StartTime=1, EndTime=2
        )


@pytest.mark.parametrize("statistic", ["P95", "p101", "PR(0.5)", "Median"])
def test_a_statistic_that_is_none_is_refused(site: Site, statistic: str) -> None:
    with pytest.raises(ClientError, match="Stat"):
        asked(site, "TargetResponseTime", statistic)


def test_alarms_are_found_by_name_and_unknown_ones_are_left_out(cloud: Cloud, site: Site) -> None:
    cloud.cloudwatch.alarms["shop-green-errors"] = "ALARM"
    found = cloud.client("test", "cloudwatch").describe_alarms(AlarmNames=["shop-green-errors", "unknown"])
    assert [(alarm["AlarmName"], alarm["StateValue"]) for alarm in found["MetricAlarms"]] == [
        ("shop-green-errors", "ALARM")
    ]
