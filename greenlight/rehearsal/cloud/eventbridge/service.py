"""EventBridge: targets must let it in, and a schedule may pass as quickly as the rehearsal wants.

ministack delivers to any function, queue and topic, whatever their policies say, and looks at schedules every ten
seconds.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import eventbridge, lambda_svc

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.eventbridge import rules
from greenlight.rehearsal.cloud.eventbridge.targets import refusal
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.silences import Silences

log = logging.getLogger(__name__)

SCALE_VARIABLE = "GREENLIGHT_SCHEDULE_SCALE"
"""Seconds that pass here for each second of a `rate(...)`: AWS allows no rate below a minute."""

_LOOK_SECONDS = 0.5


def install(context: CloudContext) -> None:
    """Put our targets and our clock in place."""
    require(eventbridge, "_invoke_target", "_dispatch_to_lambda", "_parse_rate_seconds", "_SCHEDULER_TICK_INTERVAL")
    require(lambda_svc, "invoke_async_with_retry", "_get_func_record_for_ref", "_execution_record_for_config")
    require(iam_evaluator, "_resource_policy")
    rules.install()
    eventbridge._SCHEDULER_TICK_INTERVAL = _LOOK_SECONDS
    eventbridge._parse_rate_seconds = _scaled(eventbridge._parse_rate_seconds, float(os.environ.get(SCALE_VARIABLE, 1)))
    eventbridge._invoke_target = _if_let_in(eventbridge._invoke_target, context.silences)
    eventbridge._dispatch_to_lambda = _dispatch_to_lambda


def _scaled(parse: Callable[[str], int | None], scale: float) -> Callable[[str], float | None]:
    def parse_rate_seconds(expression: str) -> float | None:
        seconds = parse(expression)
        return None if seconds is None else seconds * scale

    return parse_rate_seconds


def _if_let_in(invoke: Callable[..., None], silences: Silences) -> Callable[..., None]:
    def invoke_target(target: Mapping[str, Any], event: Any, rule: Mapping[str, Any], view: Any = None) -> None:
        problem = refusal(target, str(rule.get("Arn", "")))
        if problem:
            silences.lost(f"events of the rule {rule.get('Name')} do not reach {target['Arn']}: {problem}")
        else:
            invoke(target, event, rule, view)

    return invoke_target


def _dispatch_to_lambda(arn: str, payload: str) -> None:
    """An event for a function is an asynchronous invocation: Lambda tries it again when it fails."""
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func or not config:
        log.error("EventBridge has a target that does not exist: function %s", name)
        return
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), json.loads(payload))
