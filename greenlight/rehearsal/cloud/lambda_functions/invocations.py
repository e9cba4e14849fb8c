"""Asynchronous invocations of functions: an event is taken at once, and run in the background.

ministack ignores the age of an event, retries within seconds, gives each try an id of its own, tells no destination
of a success, and leaves half of a failed event's record out.
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
from typing import Any

from ministack.core.responses import new_uuid, now_iso, set_request_account_id, set_request_region
from ministack.services import lambda_svc

from greenlight.rehearsal.cloud.lambda_functions import destinations
from greenlight.rehearsal.cloud.lambda_functions.attempts import Function, Outcome, Rules, attempt, dead_letter, record
from greenlight.rehearsal.cloud.lambda_functions.requests import REQUEST

REQUIRED = ("_account_region_from_function_config", "_execute_function", "invoke_async_with_retry")
"""The names of ministack's lambda_svc module that this module uses or replaces."""
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
    rules, request_id = Rules.of(function), REQUEST.get() or new_uuid()

    def run() -> Outcome:
        REQUEST.set(request_id)
        outcome: Outcome = lambda_svc._execute_function(function, event)
        return outcome

    ended = attempt(run, rules, _retry_seconds(), time.monotonic, time.sleep)
    destination = rules.on_failure if ended.why else rules.on_success
    if destination:
        body = record(config["FunctionArn"], event, ended, request_id, now_iso())
        destinations.send(destination, config["Role"], body)
    if ended.why and rules.dead_letters:
        destinations.send(rules.dead_letters, config["Role"], event, dead_letter(ended, request_id))


def _retry_seconds() -> float:
    return float(os.environ.get(RETRY_VARIABLE, _AWS_RETRY_SECONDS))
