"""The log of a function in CloudWatch Logs: lost without a word when its role may not write it.

Lambda guide, "Sending Lambda function logs to CloudWatch Logs": Lambda writes with the rights of the execution role. A
rehearsal keeps what a function prints in a file besides, whatever the role may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import lambda_svc

from greenlight.rehearsal.cloud.lambda_functions.environment import Function
from greenlight.rehearsal.cloud.logs import rights
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.silences import Silences

Emit = Callable[..., None]


def install(silences: Silences) -> None:
    """Ask for the role's rights at each invocation."""
    rights.check_requirements()
    require(lambda_svc, "_emit_lambda_logs")
    lambda_svc._emit_lambda_logs = _if_allowed(lambda_svc._emit_lambda_logs, silences)


def _if_allowed(emit: Emit, silences: Silences) -> Emit:
    def emit_lambda_logs(func: Mapping[str, Any], *arguments: Any, **more: Any) -> None:
        config = func.get("config") or func
        function = Function.from_config(config)
        place = (config["Role"], function.log_group, function.version)
        problem = rights.opening_refusal(*place, creates_group=True) or rights.writing_refusal(*place)
        if problem:
            silences.lost(f"the log of the function {function.name} in {function.log_group}: {problem}")
        else:
            emit(func, *arguments, **more)

    return emit_lambda_logs
