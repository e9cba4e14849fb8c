"""What CloudWatch says: the load balancer's metrics of one color, and the alarms that guard a switch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from traffic_switch.bake import Sample
from traffic_switch.model import Alarm

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

STATISTICS = {
    "requests": ("RequestCount", "Sum"),
    "errors": ("HTTPCode_Target_5XX_Count", "Sum"),
    "lost": ("TargetConnectionErrorCount", "Sum"),
    "p95": ("TargetResponseTime", "p95"),
}


class Metrics:
    """Reads CloudWatch; it never writes to it."""

    def __init__(self, client: CloudWatchClient) -> None:
        self._client = client

    def sample(
        self, load_balancer: str, target_group: str, since: float, until: float, period_seconds: int
    ) -> Sample | None:
        """Requests, failures and P95 of one color between two Unix times, or None when CloudWatch is silent.

        The newest minutes of ALB metrics are incomplete (Netflix/atlas #1300), so the caller leaves them out. ELB
        reports error counts only when there are errors: that they are missing beside requests means none.
        """
        start, end = math.floor(since / period_seconds) * period_seconds, math.floor(until / period_seconds)
        if end * period_seconds <= start:
            return None
        dimensions = {"LoadBalancer": load_balancer, "TargetGroup": target_group}
        answer = self._client.get_metric_data(
            MetricDataQueries=[_query(key, dimensions, period_seconds) for key in STATISTICS],
            StartTime=datetime.fromtimestamp(start, UTC),
            EndTime=datetime.fromtimestamp(end * period_seconds, UTC),
        )
        series = {
            result["Id"]: dict(zip(result["Timestamps"], result["Values"], strict=True))
            for result in answer["MetricDataResults"]
        }
        return _sample(series)

    def alarms(self, names: Sequence[str]) -> tuple[Alarm, ...]:
        """The state of each alarm; MISSING for one that CloudWatch does not know."""
        if not names:
            return ()
        answer = self._client.describe_alarms(AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        found = {a["AlarmName"]: str(a["StateValue"]) for a in answer.get("MetricAlarms", [])}
        found |= {a["AlarmName"]: str(a["StateValue"]) for a in answer.get("CompositeAlarms", [])}
        return tuple(Alarm(name, found.get(name, "MISSING")) for name in names)


def _query(key: str, dimensions: Mapping[str, str], period_seconds: int) -> MetricDataQueryTypeDef:
    name, statistic = STATISTICS[key]
    return {
        "Id": key,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/ApplicationELB",
                "MetricName": name,
                "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
            },
            "Period": period_seconds,
            "Stat": statistic,
        },
    }


def _sample(series: Mapping[str, Mapping[datetime, float]]) -> Sample | None:
    requests = series.get("requests", {})
    if not requests:
        return None
    failures = sum(series.get("errors", {}).values()) + sum(series.get("lost", {}).values())
    return Sample("CloudWatch", int(sum(requests.values())), int(failures), _p95_ms(series.get("p95", {}), requests))


def _p95_ms(p95_seconds: Mapping[datetime, float], requests: Mapping[datetime, float]) -> float | None:
    """The periods' percentiles weighted by their requests: percentiles of periods cannot be merged exactly."""
    total = sum(requests.get(at, 0) for at in p95_seconds)
    if not total:
        return None
    return 1000 * sum(value * requests.get(at, 0) for at, value in p95_seconds.items()) / total
