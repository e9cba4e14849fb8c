"""Where the record of an event goes: a queue, a topic, a function or an event bus, as the function's role may.

Lambda guide, "Capturing records of Lambda asynchronous invocations". What cannot be sent is lost, and AWS says it in a
metric alone.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid
from ministack.services import eventbridge, lambda_svc, sns, sqs

from greenlight.rehearsal.cloud.iam.permission import denial
from greenlight.rehearsal.cloud.requirement import require

log = logging.getLogger(__name__)

ACTIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
}
Attributes = Mapping[str, Mapping[str, str]]


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(sqs, "_act_send_message", "_queue_by_arn", "_queue_url")
    require(sns, "_fanout", "_topics")
    require(eventbridge, "_put_events", "_event_buses")
    require(lambda_svc, "_esm_wake", "_get_func_record_for_ref", "_execution_record_for_config")


def send(destination: str, role: str, body: Any, attributes: Attributes | None = None) -> None:
    """Send a record, or an event with the attributes of a dead letter."""
    service = parse_arn(destination).service
    action = ACTIONS.get(service)
    if action is None:
        problem = f"{service} is no destination that is known here"
    else:
        problem = (denial(role, action, destination) if app.AUTH else "") or _sent(
            service, destination, body, attributes
        )
    if problem:
        log.error("the record of an event does not reach %s: %s", destination, problem)


def _sent(service: str, destination: str, body: Any, attributes: Attributes | None) -> str:
    """Send it, or say why that is not possible."""
    text = json.dumps(body)
    if service == "sqs" and sqs._queue_by_arn(destination) is not None:
        message = {"MessageBody": text, "MessageAttributes": attributes or {}}
        sqs._act_send_message(message, sqs._queue_url(parse_arn(destination).resource))
        lambda_svc._esm_wake.set()
    elif service == "sns" and destination in sns._topics:
        sns._fanout(destination, new_uuid(), text, "", "", attributes or {})
    elif service == "lambda" and (found := lambda_svc._get_func_record_for_ref(destination))[0]:
        lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(*found[:2]), body)
    elif service == "events" and parse_arn(destination).resource.rpartition("/")[2] in eventbridge._event_buses:
        eventbridge._put_events({"Entries": [_event(destination, body, text)]})
    else:
        return "it does not exist"
    return ""


def _event(bus: str, body: Any, text: str) -> dict[str, Any]:
    how = "Success" if body["requestContext"]["condition"] == "Success" else "Failure"
    return {
        "EventBusName": bus,
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {how}",
        "Resources": [bus, body["requestContext"]["functionArn"]],
        "Detail": text,
    }
