"""The event that CloudWatch sends to EventBridge when an alarm changes its state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from greenlight.rehearsal.cloud.cloudwatch.alarms import queries_of
from greenlight.rehearsal.cloud.cloudwatch.queries import Metric, Query


def entry(alarm: Mapping[str, Any], old_state: str, new_state: str, reason: str) -> dict[str, Any]:
    """The PutEvents entry (CloudWatch guide, "Alarm events and EventBridge")."""
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": {
            "value": new_state,
            "reason": reason,
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        },
        "previousState": {"value": old_state},
        "configuration": _configuration(alarm),
    }
    return {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm["AlarmArn"]],
    }


def _configuration(alarm: Mapping[str, Any]) -> dict[str, Any]:
    if "AlarmRule" in alarm:
        return {"alarmRule": alarm["AlarmRule"]}
    metrics = [_metric(query) for query in queries_of(alarm)]
    return {"description": alarm.get("AlarmDescription") or "", "metrics": metrics}


def _metric(query: Query) -> dict[str, Any]:
    if not isinstance(query.source, Metric):
        return {"id": query.id, "expression": query.source, "label": query.label, "returnData": query.wanted}
    metric = {
        "namespace": query.source.namespace,
        "name": query.source.name,
        "dimensions": dict(query.source.dimensions),
    }
    stat = {"metric": metric, "period": query.source.period_seconds, "stat": query.source.statistic}
    return {"id": query.id, "metricStat": stat, "returnData": query.wanted}
