"""The log of a function in CloudWatch Logs: lost without a word when its role may not write it.

Lambda guide, "Sending Lambda function logs to CloudWatch Logs": Lambda writes with the rights of the execution role,
and each execution environment has a stream of its own. ministack makes a stream for each invocation, and an event of
each line of a traceback. A rehearsal keeps what a function prints in a file besides, whatever the role may.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.services import cloudwatch_logs, lambda_svc

from greenlight.rehearsal.cloud.lambda_functions.environment import Function
from greenlight.rehearsal.cloud.logs import rights
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.silences import Silences

Config = Mapping[str, Any]


def install(is_ours: Callable[[Config], bool]) -> None:
    """Leave the logs of all functions that are not ours to ministack."""
    rights.check_requirements()
    require(cloudwatch_logs, "_create_log_group", "_create_log_stream", "_put_log_events")
    require(lambda_svc, "_emit_lambda_logs")
    emit = lambda_svc._emit_lambda_logs

    def emit_lambda_logs(func: Config, *arguments: Any, **more: Any) -> None:
        if not is_ours(func.get("config") or func):
            emit(func, *arguments, **more)

    lambda_svc._emit_lambda_logs = emit_lambda_logs


def keep(config: Config, stream: str, messages: Sequence[str], silences: Silences) -> None:
    """Write the messages of an invocation, if the function's role may."""
    function = Function.from_config(config)
    place = (config["Role"], function.log_group, function.version)
    problem = rights.opening_refusal(*place, creates_group=True) or rights.writing_refusal(*place)
    if problem:
        silences.lost(f"the log of the function {function.name} in {function.log_group}: {problem}")
        return
    named = {"logGroupName": function.log_group, "logStreamName": stream}
    cloudwatch_logs._create_log_group(named)
    cloudwatch_logs._create_log_stream(named)
    now = int(time.time() * 1000)
    cloudwatch_logs._put_log_events(
        {**named, "logEvents": [{"timestamp": now, "message": message} for message in messages]}
    )
