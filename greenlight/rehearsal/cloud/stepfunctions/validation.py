"""Where a definition comes in, it is checked: by the API, by its validation call, and by CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.stepfunctions.calls import Action, Answer, Request, error
from greenlight.rehearsal.cloud.stepfunctions.definition import Problem, problems

STATE_MACHINE = "AWS::StepFunctions::StateMachine"
REQUIRED = ("_validate_definition_jsonata", "_validate_state_machine_definition")
"""The names of ministack's stepfunctions module that this module replaces."""

_EXPRESSION = "INVALID_JSONATA_EXPRESSION"


def install() -> None:
    """Put the check in all three places."""
    expressions: Callable[[str], str | None] = stepfunctions._validate_definition_jsonata

    def found(text: str, kind: str = "STANDARD") -> list[Problem]:
        return problems(text, kind) or _in_expressions(expressions(text))

    stepfunctions._validate_definition_jsonata = lambda text: _refusal(found(text))
    stepfunctions._validate_state_machine_definition = lambda data: _validated(data, found)
    stepfunctions._create_state_machine = _creating(stepfunctions._create_state_machine, found)
    handlers = provisioners._RESOURCE_HANDLERS[STATE_MACHINE]
    handlers["create"] = _provisioning(handlers["create"], found)


def _refusal(found: list[Problem]) -> str | None:
    return f"Invalid State Machine Definition: '{', '.join(map(str, found))}'" if found else None


def _in_expressions(told: str | None) -> list[Problem]:
    """What ministack says of an expression that cannot be parsed: a code, a message, and the path in its own line."""
    if not told:
        return []
    message, _, place = told.removeprefix(f"{_EXPRESSION}: ").partition("\n  at ")
    return [Problem(_EXPRESSION, message, place)]


def _validated(data: Mapping[str, Any], found: Callable[[str, str], list[Problem]]) -> Answer:
    """ValidateStateMachineDefinition (recorded in localstack, test_sfn_api_validation.snapshot.json)."""
    problems = found(data.get("definition", ""), data.get("type", "STANDARD"))
    most = data.get("maxResults") or 100
    diagnostics = [
        {"severity": "ERROR", "code": each.code, "message": each.message}
        | ({"location": each.location} if each.location else {})
        for each in problems
    ]
    result = "FAIL" if problems else "OK"
    answer: Answer = json_response(
        {"result": result, "diagnostics": diagnostics[:most], "truncated": len(diagnostics) > most}
    )
    return answer


def _creating(create: Action, found: Callable[[str, str], list[Problem]]) -> Action:
    """Some integrations are refused to Express machines."""

    def create_state_machine(data: Request) -> Answer:
        refused = _refusal(found(data.get("definition", ""), data.get("type", "STANDARD")))
        return error("InvalidDefinition", refused) if refused else create(data)

    return create_state_machine


def _provisioning(create: Callable[..., Any], found: Callable[[str, str], list[Problem]]) -> Callable[..., Any]:
    def create_checked(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        kind = props.get("StateMachineType", "STANDARD")
        refused = _refusal(found(provisioners._sfn_definition(props), kind))
        if refused:
            raise ValueError(f'Resource handler returned message: "{refused}"')
        return create(logical_id, props, stack_name)

    return create_checked
