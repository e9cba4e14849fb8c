"""Step Functions: executions, histories and refusals as AWS has them, and tasks under the machine's role.

ministack keeps the machines, evaluates intrinsic functions and rules of JSONPath, and knows how to call what a task
names. The walk through the states is ours, and so is what clients see of it: events, errors, redrives.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import now_iso
from ministack.services import eventbridge, lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.iam import permission
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.stepfunctions import (
    callbacks,
    calls,
    choice,
    executions,
    functions,
    history,
    jsonata_fields,
    jsonpath_fields,
    machines,
    map_items,
    paths,
    plain,
    recovery,
    retry,
    roles,
    task,
    validation,
)
from greenlight.rehearsal.cloud.stepfunctions.calls import ExecutionCalls
from greenlight.rehearsal.cloud.stepfunctions.executions import Executions
from greenlight.rehearsal.cloud.stepfunctions.integrations import OPTIMIZED, Integrations

_PARTS = (
    callbacks, calls, choice, executions, jsonata_fields, jsonpath_fields, machines, map_items, paths, plain, recovery,
    task, validation,
)  # fmt: skip


def install(context: CloudContext) -> None:
    """Put our executions around ministack's machines."""
    require(stepfunctions, *(name for part in _PARTS for name in part.REQUIRED))
    require(stepfunctions, "_run_execution", "_start_execution", "_stop_execution", "_add_event", "_resolve_path")
    require(
        stepfunctions, "_emit_execution_status_event", "_error_matches", "_describe_execution", "_finalize_response"
    )
    require(stepfunctions, "_call_lambda", "_invoke_aws_sdk_integration", "_SERVICE_DISPATCH", "_ExecutionError")
    require(stepfunctions, "_state_machine_versions", "_describe_state_machine_for_execution")
    require(iam_evaluator, *permission.REQUIRED)
    require(iam_actions, "identity_denial_message")
    require(lambda_svc, *functions.REQUIRED)
    require(eventbridge, "_put_events")
    require(provisioners, "_RESOURCE_HANDLERS", "_sfn_definition")
    all_executions = Executions()
    context.control.route("stops", all_executions.stops.ask)
    _run(all_executions)
    _recover()
    paths.install()
    _perform(Integrations(context.endpoint_url))
    validation.install()
    _answer(ExecutionCalls(all_executions, stepfunctions._get_execution_history))
    roles.install()


def _run(all_executions: Executions) -> None:
    stepfunctions._run_execution = all_executions.run
    stepfunctions._add_event = _add_event
    stepfunctions._emit_execution_status_event = executions.announce
    stepfunctions._scaled_sleep = executions.pause


def _answer(answers: ExecutionCalls) -> None:
    stepfunctions._start_execution = answers.start
    stepfunctions._stop_execution = answers.stop
    stepfunctions._describe_execution = answers.describe
    stepfunctions._get_execution_history = answers.history
    stepfunctions._describe_state_machine_for_execution = answers.describe_machine
    stepfunctions._list_executions = answers.listing(stepfunctions._list_executions)
    stepfunctions._create_state_machine = machines.create(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = machines.update(stepfunctions._update_state_machine)
    stepfunctions._delete_state_machine = machines.delete(stepfunctions._delete_state_machine)
    stepfunctions._describe_state_machine = machines.describe(stepfunctions._describe_state_machine)
    stepfunctions._list_state_machines = machines.listing(stepfunctions._list_state_machines)
    stepfunctions._start_sync_execution = answers.start_synchronous
    stepfunctions.handle_request = machines.checked(stepfunctions.handle_request, answers)


def _recover() -> None:
    stepfunctions._error_matches = retry.matches
    stepfunctions._find_matching_retrier = lambda retriers, error, counts: retry.find_retrier(
        retriers, error, counts, random.random
    )


def _perform(integrations: Integrations) -> None:
    stepfunctions._call_lambda = functions.call_lambda
    stepfunctions._invoke_aws_sdk_integration = integrations.call
    for prefix in list(stepfunctions._SERVICE_DISPATCH):
        if prefix.split(":")[5] in OPTIMIZED:
            stepfunctions._SERVICE_DISPATCH[prefix] = integrations.call


def _add_event(record: dict[str, Any], kind: str, details: Mapping[str, Any] | None = None) -> None:
    """The history of a child of a Distributed Map, which ministack walks."""
    told = next(iter((details or {}).values()), None)
    history.append(record["events"], kind, told, now_iso(), len(record["events"]))
