"""What CloudWatch says: the load balancer's metrics of one color, and the alarms that guard a switch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from traffic_switch.judging.looks import Period
from traffic_switch.model import Alarm

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import (
        DimensionTypeDef,
        MetricDataQueryTypeDef,
        MetricStatTypeDef,
        MetricTypeDef,
    )

NAMESPACE = "AWS/ApplicationELB"
MOST_NAMES = 100
"""Names that DescribeAlarms takes in one call, and answers in one (API reference)."""

COUNTS = {
    "requests": ("RequestCount", "Sum"),
    "ok": ("HTTPCode_Target_2XX_Count", "Sum"),
    "redirected": ("HTTPCode_Target_3XX_Count", "Sum"),
    "refused": ("HTTPCode_Target_4XX_Count", "Sum"),
    "broken": ("HTTPCode_Target_5XX_Count", "Sum"),
    "unreached": ("TargetConnectionErrorCount", "Sum"),
    "timed": ("TargetResponseTime", "SampleCount"),
}
PERCENTILES = {"p90": 0.10, "p75": 0.25, "p50": 0.50}
"""For each percentile the share of requests that is at least as slow."""

Values = Mapping[str, Mapping[int, float]]
"""Statistics by name, then by the Unix time at which their period began."""


class Metrics:
    """Reads CloudWatch; it never writes to it."""

    def __init__(self, client: CloudWatchClient) -> None:
        self._client = client

    def periods(
        self, load_balancer: str, target_group: str, since: float, until: float, period_seconds: int, slow_ms: float
    ) -> tuple[Period, ...]:
        """The complete periods of one color between two Unix times that had any request.

        The newest minutes of ALB metrics are incomplete (Netflix/atlas #1300), so the caller leaves them out.
        """
        start, end = (math.floor(time / period_seconds) * period_seconds for time in (since, until))
        if end <= start:
            return ()
        queries = list(_queries(load_balancer, target_group, period_seconds, slow_ms))
        values = self._values(queries, start, end)
        return tuple(_period(at, values, slow_ms) for at in sorted(values["requests"]))

    def alarms(self, names: Sequence[str]) -> tuple[Alarm, ...]:
        """The state of each alarm, composite ones too; MISSING for one that CloudWatch does not know."""
        found: dict[str, str] = {}
        for some in _batched(names, MOST_NAMES):
            answer = self._client.describe_alarms(
                AlarmNames=some, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=MOST_NAMES
            )
            found |= {alarm["AlarmName"]: str(alarm["StateValue"]) for alarm in answer.get("MetricAlarms", [])}
            found |= {alarm["AlarmName"]: str(alarm["StateValue"]) for alarm in answer.get("CompositeAlarms", [])}
        return tuple(Alarm(name, found.get(name, "MISSING")) for name in names)

    def _values(self, queries: Sequence[MetricDataQueryTypeDef], start: int, end: int) -> Values:
        values: dict[str, dict[int, float]] = {query["Id"]: {} for query in queries}
        more: dict[str, Any] = {}
        while True:
            answer = self._client.get_metric_data(
                MetricDataQueries=queries,
                StartTime=datetime.fromtimestamp(start, UTC),
                EndTime=datetime.fromtimestamp(end, UTC),
                **more,
            )
            for result in answer["MetricDataResults"]:
                times = (int(at.timestamp()) for at in result["Timestamps"])
                values[result["Id"]].update(zip(times, result["Values"], strict=True))
            if not answer.get("NextToken"):
                return values
            more = {"NextToken": answer["NextToken"]}


def _queries(
    load_balancer: str, target_group: str, period_seconds: int, slow_ms: float
) -> Iterator[MetricDataQueryTypeDef]:
    """What is asked. The load balancer's own answers (502, 503, 504) have no target group among their dimensions."""
    of_color = {"LoadBalancer": load_balancer, "TargetGroup": target_group}
    for key, (name, statistic) in COUNTS.items():
        yield _query(key, name, statistic, of_color, period_seconds)
    yield _query("within", "TargetResponseTime", f"PR(:{slow_ms / 1000:g})", of_color, period_seconds)
    for percentile in PERCENTILES:
        yield _query(percentile, "TargetResponseTime", percentile, of_color, period_seconds)
    yield _query("lost", "HTTPCode_ELB_5XX_Count", "Sum", {"LoadBalancer": load_balancer}, period_seconds)


def _query(
    key: str, name: str, statistic: str, dimensions: Mapping[str, str], period_seconds: int
) -> MetricDataQueryTypeDef:
    named: list[DimensionTypeDef] = [{"Name": dimension, "Value": value} for dimension, value in dimensions.items()]
    metric: MetricTypeDef = {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": named}
    stat: MetricStatTypeDef = {"Metric": metric, "Period": period_seconds, "Stat": statistic}
    return {"Id": key, "MetricStat": stat}


def _period(at: int, values: Values, slow_ms: float) -> Period:
    """Counts that would be zero are missing in CloudWatch, so a missing one beside requests means zero.

    What the target did not answer, the load balancer answered with an error, or the client had left. It counts as
    failed as far as the load balancer's errors of that period reach: neither clients that leave nor a gap in one of the
    metrics may look like an outage.
    """
    of = {key: series.get(at) for key, series in values.items()}
    counts = {key: int(of[key] or 0) for key in (*COUNTS, "lost")}
    answered = sum(counts[key] for key in ("ok", "redirected", "refused", "broken"))
    lost = min(max(0, counts["requests"] - answered), max(counts["lost"], counts["unreached"]))
    return Period(
        start=float(at),
        requests=counts["requests"],
        failed=min(counts["requests"], counts["broken"] + lost),
        timed=counts["timed"],
        slow=_slow(counts["timed"], of, slow_ms),
    )


def _slow(timed: int, of: Mapping[str, float | None], slow_ms: float) -> int:
    """Requests that took longer. Without the percentile rank, the percentiles say how many it were at least."""
    within = of["within"]
    if within is not None:
        return min(timed, max(0, round(timed * (1 - within / 100))))
    at_least = [share for name, share in PERCENTILES.items() if (of[name] or 0) * 1000 > slow_ms]
    return math.floor(timed * max(at_least, default=0.0))


def _batched(names: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(names)
    while some := list(islice(rest, size)):
        yield some
