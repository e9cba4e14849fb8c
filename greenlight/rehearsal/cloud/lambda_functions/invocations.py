"""Asynchronous invocations of functions: an event is taken at once, and run in the background.

ministack ignores the age of an event, retries within seconds, and leaves half of a failed event's record out.
"""

from __future__ import annotations

import contextvars
import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid, now_iso, set_request_account_id, set_request_region
from ministack.services import lambda_svc, sqs

from greenlight.rehearsal.cloud.lambda_functions.attempts import Function, Rules, attempt, record
from greenlight.rehearsal.cloud.stepfunctions.permission import denial

log = logging.getLogger(__name__)

REQUIRED = ("_account_region_from_function_config", "_execute_function", "_esm_wake", "invoke_async_with_retry")
"""The names of ministack's lambda_svc module that this module uses or replaces."""
REQUIRED_QUEUES = ("_act_send_message", "_queue_by_arn", "_queue_url")
"""The names of ministack's sqs module that this module uses."""
RETRY_VARIABLE = "GREENLIGHT_INVOCATION_RETRY_SECONDS"
"""How long the first retry waits; AWS waits a minute, and two before the second one."""

_AWS_RETRY_SECONDS = 60.0


def invoke(function: Function, event: Any) -> None:
    """Take an event for a function and return at once."""
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(_deliver, function, event), name="invocation", daemon=True).start()


def _deliver(function: Function, event: Any) -> None:
    config = function.get("config") or function
    account, region = lambda_svc._account_region_from_function_config(config)
    set_request_account_id(account)
    set_request_region(region)
    rules = Rules.of(function)
    ended = attempt(
        lambda: lambda_svc._execute_function(function, event), rules, _retry_seconds(), time.monotonic, time.sleep
    )
    if ended.why and rules.destination:
        body = record(config["FunctionArn"], event, ended, new_uuid(), now_iso())
        _send(rules.destination, config["Role"], body)


def _send(destination: str, role: str, body: Mapping[str, Any]) -> None:
    """Send the record with the rights of the function's role, as Lambda does. Only queues are known here."""
    problem = denial(role, "sqs:SendMessage", destination) if app.AUTH else None
    if problem or parse_arn(destination).service != "sqs" or sqs._queue_by_arn(destination) is None:
        log.error("no record of a failed event reaches %s: %s", destination, problem or "it is no queue that exists")
        return
    sqs._act_send_message({"MessageBody": json.dumps(body)}, sqs._queue_url(parse_arn(destination).resource))
    lambda_svc._esm_wake.set()


def _retry_seconds() -> float:
    return float(os.environ.get(RETRY_VARIABLE, _AWS_RETRY_SECONDS))
