"""What the calls about executions and machines answer: AWS's members, in AWS's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.announcement import REDRIVABLE

Record = Mapping[str, Any]

LOGGING_OFF = {"level": "OFF", "includeExecutionData": False}
TRACING_OFF = {"enabled": False}

_ALWAYS = ("executionArn", "stateMachineArn", "name", "status", "startDate")
_WHERE_KNOWN = ("stopDate", "stateMachineVersionArn", "stateMachineAliasArn", "mapRunArn", "redriveDate")


def described(record: Record) -> dict[str, Any]:
    """DescribeExecution (recorded in localstack, test_sfn_api.snapshot.json::test_describe_execution)."""
    return {**listed(record), "input": record["input"], **_outcome(record), **redrivable(record)}


def synchronous(record: Record) -> dict[str, Any]:
    """StartSyncExecution (recorded in localstack, test_sfn_api_express.snapshot.json::test_start_sync_execution)."""
    names = (*_ALWAYS, "stopDate", "input")
    return {
        **{name: record[name] for name in names},
        **_outcome(record),
        "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100},
    }


def listed(record: Record) -> dict[str, Any]:
    """One of ListExecutions."""
    known = {name: record[name] for name in _WHERE_KNOWN if record.get(name) is not None}
    return {name: record[name] for name in _ALWAYS} | known | {"redriveCount": record.get("redriveCount", 0)}


def redrivable(record: Record) -> dict[str, str]:
    """Whether an execution can be redriven, and if not, why."""
    status = record["status"]
    if status in REDRIVABLE:
        return {"redriveStatus": "REDRIVABLE"}
    return {
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": f"Execution is {status} and cannot be redriven",
    }


def described_machine(machine: Record) -> dict[str, Any]:
    """DescribeStateMachine. As recorded, a machine has a revision once it was updated."""
    internal = {"createVersionArn", "lastVersionNumber", "lastRevisionId", "updateDate"}
    hidden = internal if machine.get("updateDate") else internal | {"revisionId"}
    shown = {name: value for name, value in machine.items() if name not in hidden}
    return {"loggingConfiguration": LOGGING_OFF, "tracingConfiguration": TRACING_OFF, **shown}


def described_for(record: Record, machine: Record) -> dict[str, Any]:
    """DescribeStateMachineForExecution: the machine as it was when the execution began."""
    names = ("stateMachineArn", "name", "roleArn", "loggingConfiguration", "encryptionConfiguration")
    return {
        "tracingConfiguration": TRACING_OFF,
        **{name: machine[name] for name in names if machine.get(name) is not None},
        "definition": record.get("definition") or machine["definition"],
        "updateDate": machine.get("updateDate") or machine["creationDate"],
        **({"revisionId": machine["revisionId"]} if machine.get("updateDate") else {}),
    }


def _outcome(record: Record) -> dict[str, Any]:
    known = ("output", "error", "cause")
    return {
        "inputDetails": {"included": True},
        **{name: record[name] for name in known if record.get(name) is not None},
        **({"outputDetails": {"included": True}} if record.get("output") is not None else {}),
    }
