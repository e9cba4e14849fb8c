"""CloudWatch as its clients see it: the load balancer's metrics, late and with gaps, and the states of alarms."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from tests.simulation.elbv2.service import Elbv2
from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel
from tests.simulation.measures import Measures, measure
from tests.simulation.traffic import Traffic

Request: TypeAlias = dict[str, Any]
Reply: TypeAlias = dict[str, Any]

EPOCH = 1_750_000_020.0
"""The Unix time at which virtual time begins: the start of a minute."""

QUERIES_LIMIT = 500
PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
RANK = re.compile(r"PR\((\d*\.?\d*):(\d*\.?\d*)\)")

COUNTS: dict[str, Callable[[Measures], float]] = {
    "RequestCount": lambda m: m.requests,
    "HTTPCode_Target_2XX_Count": lambda m: m.of_class(2),
    "HTTPCode_Target_3XX_Count": lambda m: m.of_class(3),
    "HTTPCode_Target_4XX_Count": lambda m: m.of_class(4),
    "HTTPCode_Target_5XX_Count": lambda m: m.of_class(5),
    "TargetConnectionErrorCount": lambda m: m.refused,
}
"""Metrics that ELB reports as sums, and only when there is something to report."""


class CloudWatch:
    """`lag`: seconds until a period's figures are there. `gaps`: starts of periods (Unix) that never come.
    `missing`: metrics that never come. `alarms`: name to state.
    """

    def __init__(self, kernel: Kernel, elbv2: Elbv2, traffic: Traffic) -> None:
        self.lag = 60.0
        self.gaps: set[float] = set()
        self.missing: set[str] = set()
        self.alarms: dict[str, str] = {}
        self._known: dict[tuple[str, float, float], Measures] = {}
        self._kernel = kernel
        self._elbv2 = elbv2
        self._traffic = traffic

    def describe_alarms(self, request: Request) -> Reply:
        wanted = request.get("AlarmNames", list(self.alarms))
        if len(wanted) > 100:
            raise AwsError("ValidationError", "At most 100 alarm names can be given")
        found = [{"AlarmName": name, "StateValue": self.alarms[name]} for name in wanted if name in self.alarms]
        shown = found[: request.get("MaxRecords", 50)]
        return {"MetricAlarms": shown, "CompositeAlarms": []}

    def get_metric_data(self, request: Request) -> Reply:
        queries = request["MetricDataQueries"]
        _refuse(queries)
        start, end = _seconds(request["StartTime"]), _seconds(request["EndTime"])
        if start >= end:
            raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
        newest_first = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        results = [self._result(query, start, end, newest_first) for query in queries if query.get("ReturnData", True)]
        return {"MetricDataResults": results, "Messages": []}

    def _result(self, query: dict[str, Any], start: float, end: float, newest_first: bool) -> dict[str, Any]:
        stat = query["MetricStat"]
        period = stat["Period"]
        points = []
        for at in range(math.floor(start / period) * period, math.ceil(end), period):
            value = self._value(stat["Metric"], stat["Stat"], float(at), float(at + period))
            if value is not None:
                points.append((datetime.fromtimestamp(at, UTC), value))
        if newest_first:
            points.reverse()
        label = query.get("Label", stat["Metric"]["MetricName"])
        times, values = [time for time, _ in points], [value for _, value in points]
        return {"Id": query["Id"], "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete"}

    def _value(self, metric: dict[str, Any], statistic: str, start: float, end: float) -> float | None:
        """One figure of one period, or None when CloudWatch has none."""
        name = metric["MetricName"]
        if name in self.missing or start in self.gaps or self._kernel.time + EPOCH < end + self.lag:
            return None
        group = self._group({d["Name"]: d["Value"] for d in metric.get("Dimensions", [])})
        if metric["Namespace"] != "AWS/ApplicationELB" or group is None:
            return None
        found = self._measures(group, start - EPOCH, end - EPOCH)
        if name in COUNTS:
            value = round(COUNTS[name](found))
            return float(value) if value else None
        return _latency(found, statistic) if name == "TargetResponseTime" and found.answered() else None

    def _measures(self, group: str, since: float, until: float) -> Measures:
        """What is over does not change any more."""
        if until > self._kernel.time:
            return measure(self._traffic, self._elbv2, group, since, until)
        key = (group, since, until)
        if key not in self._known:
            self._known[key] = measure(self._traffic, self._elbv2, group, since, until)
        return self._known[key]

    def _group(self, dimensions: dict[str, str]) -> str | None:
        name = dimensions.get("TargetGroup", "-")
        return next((arn for arn in self._traffic.apps if arn.endswith(f":{name}")), None)


def _refuse(queries: list[dict[str, Any]]) -> None:
    ids = [query["Id"] for query in queries]
    if len(ids) > QUERIES_LIMIT:
        raise AwsError("ValidationError", f"The collection MetricDataQueries must not have more than {QUERIES_LIMIT}")
    if len(set(ids)) < len(ids) or not all(re.fullmatch(r"[a-z]\w*", id_) for id_ in ids):
        raise AwsError("ValidationError", "The values for parameter id in MetricDataQueries must be unique and valid")
    for query in queries:
        if "Expression" in query:
            raise NotImplementedError("metric math is not simulated: ask for the metrics and calculate")
        statistic = query["MetricStat"]["Stat"]
        if statistic not in {"Sum", "SampleCount", "Average", "Minimum", "Maximum"} and not (
            PERCENTILE.fullmatch(statistic) or RANK.fullmatch(statistic)
        ):
            raise AwsError("ValidationError", f"The value {statistic} for parameter Stat is not supported")


def _latency(found: Measures, statistic: str) -> float:
    if statistic == "SampleCount":
        return float(round(found.answered()))
    if match := PERCENTILE.fullmatch(statistic):
        return found.percentile(float(match[1]))
    if match := RANK.fullmatch(statistic):
        return found.rank(float(match[1] or "-inf"), float(match[2] or "inf"))
    total = sum(seconds * count for seconds, count in found.latencies.items())
    return total if statistic == "Sum" else total / found.answered()


def _seconds(time: Any) -> float:
    return time.timestamp() if isinstance(time, datetime) else float(time)
