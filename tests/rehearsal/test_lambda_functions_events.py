"""Asynchronous invocations in the local cloud: tried again after a failure, and recorded when that was in vain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

SOURCE = """
import boto3


class GateClosedError(Exception):
    pass


def handle(event, context):
    seen = boto3.resource("dynamodb").Table("counts").update_item(
        Key={"id": event["id"]},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="ALL_NEW",
    )
    if seen["Attributes"]["n"] <= event["failures"]:
        raise GateClosedError("again")
"""


@dataclass(frozen=True)
class Lab:
    """The cloud with a function that fails as often as its event says, and counts how often it was called."""

    cloud: LocalCloud
    function: str
    count: Callable[[str], int]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions") as cloud:
        dynamodb = cloud.client("dynamodb")
        dynamodb.create_table(
            TableName="counts",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        update = {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*"}
        function = cloud.function("count", SOURCE, cloud.role("count", "lambda.amazonaws.com", update), Timeout=10)

        def count(name: str) -> int:
            item = dynamodb.get_item(TableName="counts", Key={"id": {"S": name}}).get("Item")
            return int(item["n"]["N"]) if item else 0

        yield Lab(cloud, function, count)


def test_an_asynchronous_invocation_is_tried_again(lab: Lab) -> None:
    event = json.dumps({"id": "event", "failures": 1})

    lab.cloud.client("lambda").invoke(FunctionName="count", InvocationType="Event", Payload=event)

    assert eventually(lambda: lab.count("event") == 2)


def test_an_invocation_that_always_fails_is_recorded_in_the_queue_of_failures(lab: Lab) -> None:
    queue = fail_into(lab, "failures", "MaximumRetryAttempts=1")
    event = {"id": "recorded", "failures": 9}

    lab.cloud.client("lambda").invoke(FunctionName="count", InvocationType="Event", Payload=json.dumps(event))

    record = json.loads(received(lab, queue)["Body"])
    assert record["version"] == "1.0"
    assert record["requestPayload"] == event
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["requestContext"]["functionArn"] == f"{lab.function}:$LATEST"
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"]["errorType"] == "GateClosedError"
    assert lab.count("recorded") == 2


def test_the_record_needs_the_right_of_the_functions_role(lab: Lab) -> None:
    queue = fail_into(lab, "forbidden", "MaximumRetryAttempts=0", allowed=False)

    lab.cloud.client("lambda").invoke(
        FunctionName="count", InvocationType="Event", Payload=json.dumps({"id": "lost", "failures": 9})
    )

    assert eventually(lambda: lab.count("lost") == 1)
    assert lab.cloud.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages") is None


def fail_into(lab: Lab, name: str, rules: str, *, allowed: bool = True) -> str:
    """Give the function a queue of failures, and its role the right to send to it or none."""
    sqs = lab.cloud.client("sqs")
    queue = str(sqs.create_queue(QueueName=name)["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    send = {"Effect": "Allow" if allowed else "Deny", "Action": "sqs:SendMessage", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [send]})
    lab.cloud.client("iam").put_role_policy(RoleName="count", PolicyName="send", PolicyDocument=document)
    setting, _, value = rules.partition("=")
    lab.cloud.client("lambda").put_function_event_invoke_config(
        FunctionName="count", DestinationConfig={"OnFailure": {"Destination": arn}}, **{setting: int(value)}
    )
    return queue


def received(lab: Lab, queue: str) -> dict[str, Any]:
    """The next message of a queue."""
    sqs = lab.cloud.client("sqs")
    found: list[dict[str, Any]] = eventually(
        lambda: sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"), 15
    )
    return found[0]
