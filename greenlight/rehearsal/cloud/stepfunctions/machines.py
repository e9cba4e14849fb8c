"""The calls about state machines, as AWS answers them where ministack answers otherwise."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core.responses import json_response, now_iso
from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import answers, constraints
from greenlight.rehearsal.cloud.stepfunctions.calls import Action, Answer, ExecutionCalls, Request, error

REQUIRED = (
    "_create_state_machine",
    "_update_state_machine",
    "_delete_state_machine",
    "_describe_state_machine",
    "_list_state_machines",
    "_state_machines",
    "handle_request",
)
"""The names of ministack's stepfunctions module that this module uses or replaces."""

_WORDS = {
    "StateMachineDoesNotExist": ("State Machine Does Not Exist", "stateMachineArn"),
    "ExecutionDoesNotExist": ("Execution Does Not Exist", "executionArn"),
    "ActivityDoesNotExist": ("Activity Does Not Exist", "activityArn"),
}
_CHANGES = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")

Handle = Callable[..., Awaitable[Answer]]


def create(original: Action) -> Action:
    """CreateStateMachine: a name that is taken is named by its ARN."""

    def create_state_machine(data: Request) -> Answer:
        answer = original(data)
        code, _ = _refused(answer)
        if code == "StateMachineAlreadyExists":
            arn = next(arn for arn, machine in stepfunctions._state_machines.items() if machine["name"] == data["name"])
            return error(code, f"State Machine Already Exists: '{arn}'")
        if answer[0] == 200 and "tracingConfiguration" in data:
            arn = json.loads(answer[2])["stateMachineArn"]
            stepfunctions._state_machines[arn]["tracingConfiguration"] = data["tracingConfiguration"]
        return answer

    return create_state_machine


def update(original: Action) -> Action:
    """UpdateStateMachine: something must be given, and the revision changes only with what is given."""

    def update_state_machine(data: Request) -> Answer:
        if not any(name in data for name in _CHANGES):
            fields = "the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration"
            return error("MissingRequiredParameter", f"Either {fields} must be specified")
        machine = stepfunctions._state_machines.get(data["stateMachineArn"])
        before = _state(machine)
        answer = original(data)
        if answer[0] != 200 or machine is None:
            return answer
        if "tracingConfiguration" in data:
            machine["tracingConfiguration"] = data["tracingConfiguration"]
        if _state(machine) == before and machine.get("updateDate"):
            machine["revisionId"] = machine["lastRevisionId"]
        machine["updateDate"], machine["lastRevisionId"] = now_iso(), machine["revisionId"]
        return _answer({**json.loads(answer[2]), "revisionId": machine["revisionId"]})

    return update_state_machine


def delete(original: Action) -> Action:
    """DeleteStateMachine: nothing to delete is no error. Executions of a deleted machine can still be described."""

    def delete_state_machine(data: Request) -> Answer:
        if data["stateMachineArn"] not in stepfunctions._state_machines:
            return _answer({})
        return original(data)

    return delete_state_machine


def describe(original: Action) -> Action:
    """DescribeStateMachine."""

    def describe_state_machine(data: Request) -> Answer:
        machine = stepfunctions._state_machines.get(data["stateMachineArn"])
        return original(data) if machine is None else _answer(answers.described_machine(machine))

    return describe_state_machine


def listing(original: Action) -> Action:
    """ListStateMachines, by name as AWS lists them. A page never shows a machine of the page before."""

    def list_state_machines(data: Request) -> Answer:
        _, _, body = original({})
        found = sorted(json.loads(body)["stateMachines"], key=lambda machine: machine["name"])
        token = data.get("nextToken", "")
        rest = [machine for machine in found if machine["name"] > token]
        most = data.get("maxResults") or 1000
        more = {"nextToken": rest[most - 1]["name"]} if len(rest) > most else {}
        return _answer({"stateMachines": rest[:most], **more})

    return list_state_machines


def checked(original: Handle, calls: ExecutionCalls) -> Handle:
    """Every request is checked against the service's model first, and what is missing is named in AWS's words."""

    async def handle_request(method: str, path: str, headers: Any, body: bytes, *rest: Any) -> Answer:
        action = headers.get("x-amz-target", "").split(".")[-1]
        try:
            data = json.loads(body or b"{}")
        except ValueError:
            return await original(method, path, headers, body, *rest)
        refused = constraints.refusal(action, data)
        if refused:
            return error(*refused)
        resource = data.get("resourceArn", "")
        if ":stateMachine:" in resource and stepfunctions._resolve_state_machine_arn(resource) is None:
            return error("ResourceNotFound", f"Resource not found: '{resource}'")
        if action == "RedriveExecution":
            return stepfunctions._finalize_response(calls.redrive(data))  # type: ignore[no-any-return]
        return _worded(await original(method, path, headers, body, *rest), data)

    return handle_request


def _worded(answer: Answer, data: Request) -> Answer:
    code, _ = _refused(answer)
    if code == "TaskDoesNotExist":
        return error("InvalidToken", "Invalid Token: 'Invalid token'")
    if code not in _WORDS:
        return answer
    words, name = _WORDS[code]
    return error(code, f"{words}: '{data.get(name) or data.get('resourceArn')}'")


def _refused(answer: Answer) -> tuple[str, str]:
    if answer[0] == 200:
        return "", ""
    body = json.loads(answer[2])
    return str(body.get("__type", "")), str(body.get("message", ""))


def _state(machine: Any) -> dict[str, Any]:
    return {name: machine.get(name) for name in _CHANGES} if machine else {}


def _answer(payload: dict[str, Any]) -> Answer:
    answer: Answer = json_response(payload)
    return answer
