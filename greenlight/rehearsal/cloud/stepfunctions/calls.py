"""The calls about executions: StartExecution, StopExecution, RedriveExecution, and those that describe and list."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, new_uuid, now_iso
from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import answers, executions, history, json_errors
from greenlight.rehearsal.cloud.stepfunctions.executions import Executions, Record

REQUIRED = (
    "_executions",
    "_state_machines",
    "_resolve_state_machine_arn",
    "_execution_version_arn",
    "_start_sync_execution",
    "_get_execution_history",
    "_list_executions",
)
"""The names of ministack's stepfunctions module that this module uses."""

Answer = tuple[int, dict[str, str], bytes]
Request = dict[str, Any]
Action = Callable[[Request], Answer]

EXPRESS = "EXPRESS"
_NOT_SUPPORTED = "This operation is not supported by this type of state machine"
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
"""What StartExecution accepts as a name (API reference)."""


class ExecutionCalls:
    """Answers the calls about executions."""

    def __init__(self, executions: Executions, history_page: Action) -> None:
        self._executions = executions
        self._history_page = history_page

    def start(self, data: Request) -> Answer:
        """StartExecution: the same name and input as a running execution is that execution, not an error."""
        machine = _machine(data["stateMachineArn"])
        refused = _refusal(data) if machine else _missing_machine(data)
        if refused is not None or machine is None:
            return refused or _missing_machine(data)
        record = _new_record(machine, data)
        known = stepfunctions._executions.get(record["executionArn"])
        if known is None:
            stepfunctions._executions[record["executionArn"]] = record
            self._executions.begin(record)
        elif known["status"] != "RUNNING" or known["input"] != record["input"]:
            return error("ExecutionAlreadyExists", f"Execution Already Exists: '{record['executionArn']}'")
        found = known or record
        return _answer({"executionArn": found["executionArn"], "startDate": found["startDate"]})

    def start_synchronous(self, data: Request) -> Answer:
        """StartSyncExecution: of Express machines alone, answered when the execution is over."""
        machine = _machine(data["stateMachineArn"])
        if machine is not None and machine["type"] != EXPRESS:
            return error("StateMachineTypeNotSupported", _NOT_SUPPORTED)
        refused = _refusal(data) if machine else _missing_machine(data)
        if refused is not None or machine is None:
            return refused or _missing_machine(data)
        record = _new_record(machine, data)
        stepfunctions._executions[record["executionArn"]] = record
        self._executions.run(record["executionArn"])
        return _answer(answers.synchronous(record))

    def stop(self, data: Request) -> Answer:
        """StopExecution: of an execution that has ended, the moment of its end."""
        record = _record(data)
        if record is None:
            return _missing(data)
        return _answer({"stopDate": self._executions.stop(record, data.get("error"), data.get("cause"))})

    def redrive(self, data: Request) -> Answer:
        """RedriveExecution (Step Functions guide, "Restarting state machine executions with redrive").

        A client token that a redrive had before is answered with that redrive, whatever became of it.
        """
        record = _record(data)
        if record is None or record["stateMachineArn"] not in stepfunctions._state_machines:
            return _missing(data)
        tokens: dict[str, str] = record.setdefault("redriveTokens", {})
        token = data.get("clientToken") or new_uuid()
        if token not in tokens:
            problem = answers.redrivable(record).get("redriveStatusReason")
            if problem:
                words = f"Execution {record['executionArn']} invalid for redrive as: {problem}"
                return error("ExecutionNotRedrivable", words)
            self._executions.redrive(record)
            tokens[token] = record["redriveDate"]
        return _answer({"redriveDate": tokens[token]})

    def describe(self, data: Request) -> Answer:
        """DescribeExecution."""
        record = _record(data)
        return _missing(data) if record is None else _answer(answers.described(record))

    def describe_machine(self, data: Request) -> Answer:
        """DescribeStateMachineForExecution."""
        record = _record(data)
        if record is None:
            return _missing(data)
        machine = stepfunctions._state_machines.get(record["stateMachineArn"])
        if machine is None:
            return _missing_machine(record)
        return _answer(answers.described_for(record, machine))

    def history(self, data: Request) -> Answer:
        """GetExecutionHistory: a page of the events, without their data if it was so asked."""
        if _record(data) is None:
            return _missing(data)
        status, headers, body = self._history_page({**data, "includeExecutionData": True})
        if status != 200 or data.get("includeExecutionData", True):
            return status, headers, body
        page = json.loads(body)
        return _answer({**page, "events": [history.without_data(event) for event in page["events"]]})

    def listing(self, original: Action) -> Action:
        """ListExecutions."""

        def list_executions(data: Request) -> Answer:
            machine = _machine(data["stateMachineArn"]) if "stateMachineArn" in data else None
            if "stateMachineArn" in data and machine is None:
                return _missing_machine(data)
            if machine and machine["type"] == EXPRESS:
                return error("StateMachineTypeNotSupported", _NOT_SUPPORTED)
            asked = {**data, "stateMachineArn": machine["stateMachineArn"]} if machine else data
            status, headers, body = original(asked)
            page = json.loads(body)
            for at, item in enumerate(page.get("executions", [])):
                page["executions"][at] = answers.listed(stepfunctions._executions[item["executionArn"]])
            return (status, headers, body) if status != 200 else _answer(page)

        return list_executions


def error(code: str, message: str) -> Answer:
    """A refusal."""
    answer: Answer = error_response_json(code, message, 400)
    return answer


def _refusal(data: Request) -> Answer | None:
    name = data.get("name")
    if name is not None and not _NAME.fullmatch(name):
        return error("InvalidName", f"Invalid Name: '{name}'")
    problem = json_errors.problem(data.get("input", "{}"))
    if problem:
        told = problem.message or "Invalid execution input."
        return error("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{told}'")
    return None


def _new_record(machine: Mapping[str, Any], data: Request) -> Record:
    """As ministack keeps it, with the definition that the execution runs to its end whatever becomes of the machine."""
    name, moment, given = data.get("name") or new_uuid(), now_iso(), data.get("input", "{}")
    version = stepfunctions._execution_version_arn(data["stateMachineArn"])
    alias = data["stateMachineArn"] if version not in (None, data["stateMachineArn"]) else None
    is_express = machine["type"] == EXPRESS
    kind, end = ("express", f":{new_uuid()}") if is_express else ("execution", "")
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:{kind}:{machine['name']}:{name}{end}"
    return {
        "executionArn": arn,
        "stateMachineArn": machine["stateMachineArn"],
        "stateMachineVersionArn": version,
        "stateMachineAliasArn": alias,
        "name": name,
        "status": "RUNNING",
        "startDate": moment,
        "stopDate": None,
        "input": given,
        "output": None,
        "definition": (stepfunctions._state_machine_versions.get(version) or machine)["definition"],
        "encryptionConfiguration": machine.get("encryptionConfiguration"),
        "mockAttempts": {},
        "isExpress": is_express,
        "events": [executions.started(given, machine["roleArn"], moment)],
    }


def _machine(arn: str) -> Mapping[str, Any] | None:
    base = stepfunctions._resolve_state_machine_arn(arn)
    found: Mapping[str, Any] | None = stepfunctions._state_machines.get(base) if base else None
    return found


def _record(data: Request) -> Record | None:
    found: Record | None = stepfunctions._executions.get(data["executionArn"])
    return found


def _missing(data: Request) -> Answer:
    return error("ExecutionDoesNotExist", f"Execution Does Not Exist: '{data['executionArn']}'")


def _missing_machine(data: Mapping[str, Any]) -> Answer:
    return error("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{data['stateMachineArn']}'")


def _answer(payload: Mapping[str, Any]) -> Answer:
    answer: Answer = json_response(dict(payload))
    return answer
