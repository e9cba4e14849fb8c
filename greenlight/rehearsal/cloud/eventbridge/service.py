"""EventBridge: targets must let it in, and a schedule may pass as quickly as the rehearsal wants.

ministack delivers to any function and any queue, whatever their policies say, and looks at schedules every ten seconds.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc, sqs

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require

log = logging.getLogger(__name__)

PRINCIPAL = "events.amazonaws.com"
SCALE_VARIABLE = "GREENLIGHT_SCHEDULE_SCALE"
"""Seconds that pass here for each second of a `rate(...)`: AWS allows no rate below a minute."""

_LOOK_SECONDS = 0.5
_RULE: ContextVar[Mapping[str, Any] | None] = ContextVar("event_rule", default=None)


def install(context: CloudContext) -> None:
    """Put our targets and our clock in place."""
    del context
    require(eventbridge, "_invoke_target", "_dispatch_to_lambda", "_dispatch_to_sqs", "_parse_rate_seconds")
    require(eventbridge, "_SCHEDULER_TICK_INTERVAL")
    require(lambda_svc, "invoke_async_with_retry", "_get_func_record_for_ref", "_execution_record_for_config")
    require(sqs, "queue_policy_allows")
    require(iam_evaluator, "EvalContext", "evaluate_resource_policy")
    eventbridge._SCHEDULER_TICK_INTERVAL = _LOOK_SECONDS
    eventbridge._parse_rate_seconds = _scaled(eventbridge._parse_rate_seconds, float(os.environ.get(SCALE_VARIABLE, 1)))
    eventbridge._invoke_target = _knowing_the_rule(eventbridge._invoke_target)
    eventbridge._dispatch_to_lambda = _dispatch_to_lambda
    eventbridge._dispatch_to_sqs = _if_allowed(eventbridge._dispatch_to_sqs)


def _scaled(parse: Callable[[str], int | None], scale: float) -> Callable[[str], float | None]:
    def parse_rate_seconds(expression: str) -> float | None:
        seconds = parse(expression)
        return None if seconds is None else seconds * scale

    return parse_rate_seconds


def _knowing_the_rule(invoke: Callable[..., None]) -> Callable[..., None]:
    """A policy names the rule that it lets in (aws:SourceArn)."""

    def invoke_target(target: Mapping[str, Any], event: Any, rule: Mapping[str, Any], view: Any = None) -> None:
        token = _RULE.set(rule)
        try:
            invoke(target, event, rule, view)
        finally:
            _RULE.reset(token)

    return invoke_target


def _dispatch_to_lambda(arn: str, payload: str) -> None:
    """An event for a function is an asynchronous invocation: Lambda tries it again when it fails."""
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func or not config:
        log.error("EventBridge has a target that does not exist: function %s", name)
        return
    if app.AUTH and not _may_invoke(func.get("policy"), config["FunctionArn"]):
        log.error("EventBridge may not invoke %s: its policy does not allow %s for %s", name, PRINCIPAL, _rule_arn())
        return
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), json.loads(payload))


def _may_invoke(policy: Any, function_arn: str) -> bool:
    """Whether the function's own policy, which AWS::Lambda::Permission writes, lets the rule in."""
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function_arn,
        region=get_region(),
        service_context={"aws:sourcearn": _rule_arn(), "aws:sourceaccount": get_account_id()},
    )
    decision = iam_evaluator.evaluate_resource_policy(policy, context, service=PRINCIPAL).decision
    return bool(decision == "Allow")


def _if_allowed(dispatch: Callable[..., None]) -> Callable[..., None]:
    """Whether the queue's own policy lets the rule in: without one it does not."""

    def dispatch_to_sqs(spec: Any, payload: str, parameters: Any = None) -> None:
        if sqs.queue_policy_allows(str(spec), PRINCIPAL, _rule_arn(), get_account_id()):
            dispatch(spec, payload, parameters)
        else:
            log.error(
                "EventBridge may not send to %s: its policy does not allow %s for %s", spec, PRINCIPAL, _rule_arn()
            )

    return dispatch_to_sqs


def _rule_arn() -> str:
    return str((_RULE.get() or {}).get("Arn", ""))
