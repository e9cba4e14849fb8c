"""What EventBridge refuses of rules and events, where ministack takes them.

Source: docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html and those of DeleteRule and PutEvents,
and the EventBridge guide, "Rate expressions" ("rate(1 hour), rate(5 hours)"). The texts are those that users of AWS
report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import eventbridge

from greenlight.rehearsal.cloud.requirement import require

REQUIRED = ("Source", "DetailType", "Detail")

Request = Mapping[str, Any]
Act = Callable[..., Any]
_ONE_OF_MANY = re.compile(r"rate\((1 (minutes|hours|days)|(?!1 )\d+ (minute|hour|day))\)")


def install() -> None:
    """Check each request before ministack sees it."""
    require(eventbridge, "_put_rule", "_delete_rule", "_put_events", "_validate_schedule_expression")
    require(eventbridge, "_targets", "_rule_key")
    valid = eventbridge._validate_schedule_expression
    eventbridge._validate_schedule_expression = lambda text: not _ONE_OF_MANY.fullmatch(text) and valid(text)
    eventbridge._put_rule = _with_what_starts_it(eventbridge._put_rule)
    eventbridge._delete_rule = _without_targets(eventbridge._delete_rule)
    eventbridge._put_events = _well_formed(eventbridge._put_events)


def problem(entry: Request) -> dict[str, str] | None:
    """Say why EventBridge does not take an event, or nothing."""
    for name in REQUIRED:
        if not entry.get(name):
            said = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": said}
    try:
        is_object = isinstance(json.loads(entry["Detail"]), dict)
    except ValueError:
        is_object = False
    return None if is_object else {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def _with_what_starts_it(put: Act) -> Act:
    def put_rule(request: Request) -> Any:
        if request.get("EventPattern") or request.get("ScheduleExpression"):
            return put(request)
        return _refused("Parameter(s) EventPattern or ScheduleExpression must be specified.")

    return put_rule


def _without_targets(delete: Act) -> Act:
    def delete_rule(request: Request) -> Any:
        key = eventbridge._rule_key(request.get("Name"), request.get("EventBusName", "default"))
        if eventbridge._targets.get(key):
            return _refused("Rule can't be deleted since it has targets.")
        return delete(request)

    return delete_rule


def _well_formed(put: Act) -> Act:
    def put_events(request: Request, *rest: Any, **more: Any) -> Any:
        problems = [problem(each) for each in request.get("Entries", [])]
        if not any(problems):
            return put(request, *rest, **more)
        taken = [each for each, found in zip(request["Entries"], problems, strict=True) if not found]
        status, headers, body = put({**request, "Entries": taken}, *rest, **more)
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        results = iter(answer["Entries"])
        answer["Entries"] = [found or next(results) for found in problems]
        answer["FailedEntryCount"] += sum(found is not None for found in problems)
        return status, headers, json.dumps(answer).encode()

    return put_events


def _refused(message: str) -> Any:
    return error_response_json("ValidationException", message, 400)
