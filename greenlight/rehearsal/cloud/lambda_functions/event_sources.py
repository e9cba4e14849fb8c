"""Event source mappings: refused, as Lambda refuses them, when the function could never work on the queue.

Lambda guide, "Using Lambda with Amazon SQS": the role reads and deletes the messages, and a message must stay invisible
for as long as the function may take. ministack looks at neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core.responses import error_response_json
from ministack.services import lambda_svc, sqs
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.iam.permission import denial
from greenlight.rehearsal.cloud.requirement import require

MAPPING = "AWS::Lambda::EventSourceMapping"
NEEDED = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")

Answer = tuple[int, dict[str, str], bytes]
Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]


def install() -> None:
    """Check a mapping wherever one comes in: the API and CloudFormation."""
    require(lambda_svc, "_create_esm", "_get_func_record_for_ref")
    require(sqs, "_queue_by_arn")
    require(provisioners, "_RESOURCE_HANDLERS")
    lambda_svc._create_esm = _checked(lambda_svc._create_esm)
    handlers = provisioners._RESOURCE_HANDLERS[MAPPING]
    handlers["create"] = _checked_template(handlers["create"])


def problem(mapping: Mapping[str, Any]) -> str:
    """Say in Lambda's words why a mapping cannot work, or return an empty string. Only queues are looked at."""
    arn = str(mapping.get("EventSourceArn", ""))
    queue = sqs._queue_by_arn(arn) if ":sqs:" in arn else None
    _, config, _ = lambda_svc._get_func_record_for_ref(str(mapping.get("FunctionName", "")))
    if not queue or not config:
        return (
            "" if ":sqs:" not in arn else f"Error occurred while ReceiveMessage. {arn} or its function does not exist"
        )
    for action in NEEDED if app.AUTH else ():
        if denial(config["Role"], f"sqs:{action}", arn):
            return f"The provided execution role does not have permissions to call {action} on SQS"
    visible, timeout = int(queue["attributes"].get("VisibilityTimeout", 30)), int(config.get("Timeout", 3))
    if visible < timeout:
        return f"Queue visibility timeout: {visible} seconds is less than Function timeout: {timeout} seconds"
    return ""


def _checked(create: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def create_mapping(data: dict[str, Any]) -> Answer:
        found = problem(data)
        if found:
            refusal: Answer = error_response_json("InvalidParameterValueException", found, 400)
            return refusal
        return create(data)

    return create_mapping


def _checked_template(create: Create) -> Create:
    def create_mapping(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        found = problem(props)
        if found:
            raise ValueError(f'Resource handler returned message: "Invalid request provided: {found}"')
        return create(logical_id, props, stack_name)

    return create_mapping
