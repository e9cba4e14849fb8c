"""Step Functions: executions that end as on AWS, definitions refused as on AWS, and tasks under the machine's role.

ministack interprets single states well, JSONata included. What it lacks is around them: the machine's timeout, a stop
that stops, States.Runtime that nothing catches, the longest delay of a retry, the validation of definitions, and IAM.
It also waits 0.15 s before each execution.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import json_response
from ministack.services import eventbridge, lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.stepfunctions import executions, functions, permission, retry, walk
from greenlight.rehearsal.cloud.stepfunctions.definition import problems
from greenlight.rehearsal.cloud.stepfunctions.executions import Answer, Executions
from greenlight.rehearsal.cloud.stepfunctions.integrations import OPTIMIZED, Integrations

STATE_MACHINE = "AWS::StepFunctions::StateMachine"


def install(context: CloudContext) -> None:
    """Put our executions around ministack's states."""
    require(
        stepfunctions, *executions.REQUIRED, *walk.REQUIRED, "_run_execution", "_start_execution", "_stop_execution"
    )
    require(stepfunctions, "_emit_execution_status_event", "_scaled_sleep", "_error_matches", "_find_matching_retrier")
    require(stepfunctions, "_invoke_resource_with_timeout")
    require(stepfunctions, "_call_lambda", "_invoke_aws_sdk_integration", "_SERVICE_DISPATCH", "_apply_state_assign")
    require(
        stepfunctions, "_apply_jsonata_template", "_validate_definition_jsonata", "_validate_state_machine_definition"
    )
    require(iam_evaluator, *permission.REQUIRED)
    require(lambda_svc, *functions.REQUIRED)
    require(eventbridge, "_put_events")
    require(provisioners, "_RESOURCE_HANDLERS", "_sfn_definition")
    all_executions = Executions()
    _run(all_executions)
    context.control.route("stops", all_executions.stops.ask)
    _recover()
    stepfunctions._apply_state_assign = _assign
    _perform(Integrations(context.endpoint_url))
    _validate(stepfunctions._validate_definition_jsonata)


def _run(all_executions: Executions) -> None:
    stepfunctions._start_execution = all_executions.start(stepfunctions._start_execution)
    stepfunctions._stop_execution = all_executions.stop(stepfunctions._stop_execution)
    stepfunctions._run_execution = all_executions.run
    stepfunctions._add_event = all_executions.add_event
    stepfunctions._emit_execution_status_event = executions.announce
    stepfunctions._scaled_sleep = executions.pause


def _recover() -> None:
    stepfunctions._error_matches = retry.matches
    stepfunctions._invoke_resource_with_timeout = _without_cause(stepfunctions._invoke_resource_with_timeout)
    stepfunctions._find_matching_retrier = lambda retriers, error, counts: retry.find_retrier(
        retriers, error, counts, random.random
    )


def _without_cause(invoke: Callable[[str, Any, float], Any]) -> Callable[[str, Any, float], Any]:
    """A task that ran out of time has no cause: a Catch sees an empty one."""

    def invoke_resource_with_timeout(resource: str, data: Any, seconds: float) -> Any:
        try:
            return invoke(resource, data, seconds)
        except stepfunctions._ExecutionError as error:
            if error.error == "States.Timeout":
                error.cause = ""
            raise

    return invoke_resource_with_timeout


def _perform(integrations: Integrations) -> None:
    stepfunctions._call_lambda = functions.call_lambda
    stepfunctions._invoke_aws_sdk_integration = integrations.call
    for prefix in list(stepfunctions._SERVICE_DISPATCH):
        if prefix.split(":")[5] in OPTIMIZED:
            stepfunctions._SERVICE_DISPATCH[prefix] = integrations.call


def _validate(check_expressions: Callable[[str], str | None]) -> None:
    """Refuse a definition wherever one comes in: the API, its validation call, and CloudFormation."""

    def refusal(definition: str) -> str | None:
        found = ", ".join(map(str, problems(definition))) or check_expressions(definition)
        return f"Invalid State Machine Definition: '{found}'" if found else None

    def validate(data: Mapping[str, Any]) -> Answer:
        found = problems(data.get("definition", ""))
        diagnostics = [
            {"severity": "ERROR", "code": p.code, "message": p.message, "location": p.location} for p in found
        ]
        answer: Answer = json_response({"result": "FAIL" if found else "OK", "diagnostics": diagnostics})
        return answer

    create = provisioners._RESOURCE_HANDLERS[STATE_MACHINE]["create"]

    def create_checked(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        found = refusal(provisioners._sfn_definition(props))
        if found:
            raise ValueError(f'Resource handler returned message: "{found}"')
        created: tuple[str, dict[str, Any]] = create(logical_id, props, stack_name)
        return created

    stepfunctions._validate_definition_jsonata = refusal
    stepfunctions._validate_state_machine_definition = validate
    provisioners._RESOURCE_HANDLERS[STATE_MACHINE]["create"] = create_checked


def _assign(state: walk.State, data: Any, scope: Any, result: Any = None, error_output: Any = None) -> None:
    """Assign: every expression sees the variables as they were before any of them changed."""
    if scope is None or stepfunctions._state_query_language(state, scope) != "JSONata":
        return
    scope.setdefault("variables", {}).update(
        stepfunctions._apply_jsonata_template(
            state.get("Assign") or {}, data, scope, result=result, error_output=error_output
        )
    )
