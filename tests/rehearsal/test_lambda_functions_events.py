"""Asynchronous invocations in the local cloud: tried again after a failure, and only with the function's permission."""

from __future__ import annotations

import json
import time
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


def test_an_event_is_tried_again_and_needs_the_permission_of_the_function(lab: Lab) -> None:
    events = lab.cloud.client("events")
    rule = events.put_rule(Name="rule", EventPattern=json.dumps({"source": ["shop"]}))["RuleArn"]
    data = json.dumps({"id": "rule", "failures": 1})
    events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": lab.function, "Input": data}])
    entry: dict[str, Any] = {"Source": "shop", "DetailType": "x", "Detail": "{}"}
    events.put_events(Entries=[entry])
    time.sleep(0.3)
    assert lab.count("rule") == 0

    permission = {"StatementId": "1", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    lab.cloud.client("lambda").add_permission(FunctionName="count", SourceArn=rule, **permission)
    events.put_events(Entries=[entry])

    assert eventually(lambda: lab.count("rule") == 2)
