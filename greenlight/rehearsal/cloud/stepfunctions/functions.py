"""Lambda functions as tasks: invoked as the state machine's role, their errors named as Step Functions names them."""

from __future__ import annotations

from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import lambda_svc, stepfunctions

from greenlight.rehearsal.cloud.iam.permission import denial
from greenlight.rehearsal.cloud.lambda_functions.outcome import step_functions_error
from greenlight.rehearsal.cloud.stepfunctions.execution import CURRENT

REQUIRED = ("_get_func_record_for_ref", "_execution_record_for_config", "_execute_function_with_config_scope")
"""The names of ministack's lambda_svc module that this module uses."""


def call_lambda(reference: str, event: Any) -> Any:
    """Invoke a function, and return what it returned.

    Raises:
        stepfunctions._ExecutionError: named after the exception that the handler raised, or Lambda.* when it never ran.
    """
    func, config, _ = lambda_svc._get_func_record_for_ref(reference)
    if not func or not config:
        prefix = "" if reference.startswith("arn:") else f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:"
        raise _refusal("Lambda.ResourceNotFoundException", f"Function not found: {prefix}{reference}", 404)
    _check_role(config["FunctionArn"])
    record = lambda_svc._execution_record_for_config(func, config)
    outcome = lambda_svc._execute_function_with_config_scope(record, event)
    if outcome.get("error"):
        raise stepfunctions._ExecutionError(*step_functions_error(outcome))
    return outcome.get("body")


def _check_role(function_arn: str) -> None:
    execution = CURRENT.get()
    if not app.AUTH or execution is None:
        return
    problem = denial(execution.machine["roleArn"], "lambda:InvokeFunction", function_arn)
    if problem:
        raise _refusal("Lambda.AWSLambdaException", problem, 403)


def _refusal(error: str, message: str, status: int) -> Exception:
    """Lambda's own refusal of the call; as recorded, its cause ends with the call."""
    cause = f"{message} (Service: Lambda, Status Code: {status}, Request ID: {new_uuid()})"
    failure: Exception = stepfunctions._ExecutionError(error, cause)
    return failure
