"""GetMetricData as AWS answers it: with expressions, newest first, and nothing of the period that EndTime begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudwatch

from greenlight.rehearsal.cloud.cloudwatch import store
from greenlight.rehearsal.cloud.cloudwatch.alarm_math import MetricMathError
from greenlight.rehearsal.cloud.cloudwatch.queries import Query, answer, parse, request_window
from greenlight.rehearsal.cloud.cloudwatch.series import Series

REQUIRED = ("_cbor_metric_data_result", "_cbor_ok", "_error", "_json_ok", "_parse_ts", "_ts_iso")
"""The names of ministack's cloudwatch module that this module uses."""

Handler = Callable[[dict[str, Any], dict[str, Any], bool, bool], Any]


def with_expressions(query_protocol: Handler) -> Handler:
    """GetMetricData with expressions, for callers that speak CBOR or JSON, as every current SDK does."""

    def get_metric_data(params: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool) -> Any:
        if not (is_cbor or is_json):
            return query_protocol(params, data, is_cbor, is_json)
        try:
            results = _results(data)
        except MetricMathError as error:
            return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
        if is_json:
            return cloudwatch._json_ok({"MetricDataResults": results})
        return cloudwatch._cbor_ok({"MetricDataResults": [cloudwatch._cbor_metric_data_result(r) for r in results]})

    return get_metric_data


def _results(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    start, end = (float(cloudwatch._parse_ts(data[name])) for name in ("StartTime", "EndTime"))
    queries = parse(data.get("MetricDataQueries") or [])
    found = answer(queries, lambda period: request_window(start, end, period), store.read)
    newest_first = data.get("ScanBy") != "TimestampAscending"
    return [_result(query, found[query.id], newest_first) for query in queries if query.wanted]


def _result(query: Query, series: Series, newest_first: bool) -> dict[str, Any]:
    times = sorted(series.values, reverse=newest_first)
    return {
        "Id": query.id,
        "Label": query.label,
        "Timestamps": [cloudwatch._ts_iso(time) for time in times],
        "Values": [series.values[time] for time in times],
        "StatusCode": "Complete",
    }
