"""The event that Step Functions sends to EventBridge when an execution changes its status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_MOST_BYTES = 248 * 1024
"""Of an input or output in an event (Step Functions guide, "Event payloads"); a larger one is left out."""

REDRIVABLE = frozenset({"FAILED", "ABORTED", "TIMED_OUT"})


def entry(record: Mapping[str, Any]) -> dict[str, Any]:
    """The PutEvents entry: "the same information as the DescribeExecution API", as the guide says."""
    status = record["status"]
    can = status in REDRIVABLE
    detail = {
        **{name: record[name] for name in ("executionArn", "stateMachineArn", "name", "status")},
        "startDate": _milliseconds(record["startDate"]),
        "stopDate": _milliseconds(record["stopDate"]),
        **_payload("input", record["input"]),
        **_payload("output", record["output"]),
        "stateMachineVersionArn": record.get("stateMachineVersionArn"),
        "stateMachineAliasArn": record.get("stateMachineAliasArn"),
        "redriveCount": record.get("redriveCount", 0),
        "redriveDate": _milliseconds(record.get("redriveDate")),
        "redriveStatus": "REDRIVABLE" if can else "NOT_REDRIVABLE",
        "redriveStatusReason": None if can else f"Execution is {status} and cannot be redriven",
        "error": record.get("error"),
        "cause": record.get("cause"),
    }
    return {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Detail": json.dumps(detail),
        "Resources": [record["executionArn"]],
    }


def _milliseconds(moment: str | None) -> int | None:
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000) if moment else None


def _payload(name: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {name: None, f"{name}Details": None}
    included = len(value.encode()) <= _MOST_BYTES
    return {name: value if included else None, f"{name}Details": {"included": included}}
