"""Where Lambda sends the record of an event, compared with what was recorded on AWS.

github.com/localstack/localstack, tests/aws/services/lambda_/test_lambda_destinations.snapshot.json and
test_lambda.snapshot.json (test_request_id_async_invoke_with_retry).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.local_cloud import EVERYTHING, LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

SOURCE = """
class GateClosedError(Exception):
    pass


def handle(event, context):
    print("for", context.aws_request_id)
    if event.get("fails"):
        raise GateClosedError("again")
    return {"did": event}
"""


@dataclass(frozen=True)
class Lab:
    """The cloud with a function, and a queue for what comes of its events."""

    cloud: LocalCloud
    queue: str
    queue_arn: str

    def invoke(self, **event: Any) -> str:
        """Have an event done, and return the id of the request."""
        answer = self.cloud.client("lambda").invoke(
            FunctionName="shop", InvocationType="Event", Payload=json.dumps(event)
        )
        assert answer["Payload"].read() == b""
        return str(answer["ResponseMetadata"]["RequestId"])

    def send(self, **destinations: str) -> None:
        """Set where records go."""
        named = {name: {"Destination": arn} for name, arn in destinations.items()}
        self.cloud.client("lambda").put_function_event_invoke_config(
            FunctionName="shop", MaximumRetryAttempts=1, DestinationConfig=named
        )

    def received(self) -> dict[str, Any]:
        """The next message of the queue."""
        sqs = self.cloud.client("sqs")
        (found,) = eventually(
            lambda: sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=1, MessageAttributeNames=["All"]).get(
                "Messages"
            ),
            15,
        )
        sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=found["ReceiptHandle"])
        message: dict[str, Any] = found
        return message


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions", "eventbridge", "sns") as cloud:
        sqs = cloud.client("sqs")
        queue = sqs.create_queue(QueueName="records")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        services = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [services]})
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
        cloud.function("shop", SOURCE, cloud.role("shop", "lambda.amazonaws.com", EVERYTHING), Timeout=10)
        yield Lab(cloud, queue, arn)


def test_a_success_is_recorded(lab: Lab) -> None:
    lab.send(OnSuccess=lab.queue_arn)

    request = lab.invoke(id=1)

    record = json.loads(lab.received()["Body"])
    assert record["requestContext"]["requestId"] == request
    assert record["requestContext"]["condition"] == "Success"
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"did": {"id": 1}}


def test_every_try_of_an_event_has_the_id_of_its_request(lab: Lab) -> None:
    lab.send(OnFailure=lab.queue_arn)

    request = lab.invoke(fails=True)

    record = json.loads(lab.received()["Body"])
    assert record["requestContext"]["requestId"] == record["responsePayload"]["requestId"] == request
    lines = (lab.cloud.run_dir / "logs" / "lambda" / "shop.log").read_text().splitlines()
    assert lines.count(f"for {request}") == lines.count(f"START RequestId: {request} Version: $LATEST") == 2


def test_a_dead_letter_is_the_event_with_its_error(lab: Lab) -> None:
    shop = lab.cloud.client("lambda")
    shop.put_function_event_invoke_config(FunctionName="shop", MaximumRetryAttempts=0)
    shop.update_function_configuration(FunctionName="shop", DeadLetterConfig={"TargetArn": lab.queue_arn})

    request = lab.invoke(fails=True)

    message = lab.received()
    told = {name: (each["DataType"], each["StringValue"]) for name, each in message["MessageAttributes"].items()}
    shop.update_function_configuration(FunctionName="shop", DeadLetterConfig={"TargetArn": ""})
    assert json.loads(message["Body"]) == {"fails": True}
    assert told == {
        "RequestID": ("String", request),
        "ErrorCode": ("Number", "200"),
        "ErrorMessage": ("String", "again"),
    }


def test_a_topic_gets_the_record(lab: Lab) -> None:
    topic = lab.cloud.client("sns").create_topic(Name="records")["TopicArn"]
    lab.send(OnSuccess=topic)

    request = lab.invoke(id=2)

    (message,) = eventually(lambda: lab.cloud.control("messages"))
    assert json.loads(message["message"])["requestContext"]["requestId"] == request


def test_a_function_gets_the_record(lab: Lab) -> None:
    role = lab.cloud.role("next", "lambda.amazonaws.com")
    arn = lab.cloud.function("next", "def handle(event, context):\n    print(event['responsePayload'])\n", role)
    lab.send(OnSuccess=arn)

    lab.invoke(id=3)

    log = lab.cloud.run_dir / "logs" / "lambda" / "next.log"
    assert eventually(lambda: log.exists() and "{'did': {'id': 3}}" in log.read_text())


def test_an_event_bus_gets_the_record(lab: Lab) -> None:
    events = lab.cloud.client("events")
    pattern = json.dumps({"source": ["lambda"], "detail-type": ["Lambda Function Invocation Result - Success"]})
    events.put_rule(Name="records", EventPattern=pattern)
    events.put_targets(Rule="records", Targets=[{"Id": "queue", "Arn": lab.queue_arn}])
    lab.send(OnSuccess="arn:aws:events:us-east-1:000000000000:event-bus/default")

    lab.invoke(id=4)

    event = json.loads(lab.received()["Body"])
    assert event["detail"]["responsePayload"] == {"did": {"id": 4}}
    assert event["resources"][1].endswith(":function:shop:$LATEST")
