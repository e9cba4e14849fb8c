"""Queues from a template, and the functions that they feed: what the switch's own queues rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import LocalCloud, eventually, started
from tests.rehearsal.template_pieces import resource

pytestmark = pytest.mark.rehearsal

SOURCE = """
import boto3
import json


def handle(event, context):
    (record,) = event["Records"]
    item = {"id": {"S": record["body"] + record["attributes"]["ApproximateReceiveCount"]}}
    item["record"] = {"S": json.dumps(record)}
    boto3.client("dynamodb").put_item(TableName="received", Item=item)
    if not record["body"].startswith("good"):
        raise ValueError(record["body"])
"""
CONSUME = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
BOTH = {
    "Failures": resource("AWS::SQS::Queue", SqsManagedSseEnabled=True, MessageRetentionPeriod=1209600),
    "Work": resource(
        "AWS::SQS::Queue",
        SqsManagedSseEnabled=True,
        VisibilityTimeout=2,
        RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["Failures", "Arn"]}, "maxReceiveCount": 2},
    ),
    "Policy": resource(
        "AWS::SQS::QueuePolicy",
        Queues=[{"Ref": "Work"}],
        PolicyDocument={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sqs:*",
                    "Resource": {"Fn::GetAtt": ["Work", "Arn"]},
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        },
    ),
}
MAPPING = resource(
    "AWS::Lambda::EventSourceMapping",
    EventSourceArn={"Fn::GetAtt": ["Work", "Arn"]},
    FunctionName="consume",
    BatchSize=1,
)
OUTPUTS = {name: {"Value": {"Ref": name}} for name in ("Failures", "Work")}


@dataclass(frozen=True)
class Lab:
    """The cloud with a function that keeps what it got, and fails unless a message is good."""

    cloud: LocalCloud
    stacks: Any
    sqs: Any
    names: Iterator[str]

    def deploy(self, **resources: Any) -> tuple[str, str]:
        """Create a stack; return its name and the status that it ends in."""
        name = next(self.names)
        self.stacks.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources, "Outputs": OUTPUTS}))

        def status() -> str:
            now = str(self.stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
            return "" if now.endswith("IN_PROGRESS") else now

        return name, str(eventually(status, 20))

    def queues(self, stack: str) -> dict[str, str]:
        found = self.stacks.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        return {output["OutputKey"]: output["OutputValue"] for output in found}

    def attributes(self, queue: str) -> dict[str, str]:
        found: dict[str, str] = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return found

    def received(self, key: str, seconds: float = 30.0) -> dict[str, Any]:
        """The record that the function got: the body and how often it had been delivered are the key."""
        dynamodb = self.cloud.client("dynamodb")
        item = eventually(lambda: dynamodb.get_item(TableName="received", Key={"id": {"S": key}}).get("Item"), seconds)
        return dict(json.loads(item["record"]["S"])) if item else {}

    def why(self, stack: str) -> str:
        events = self.stacks.describe_stack_events(StackName=stack)["StackEvents"]
        return " ".join(e.get("ResourceStatusReason", "") for e in events if e["ResourceStatus"] == "CREATE_FAILED")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions", "cloudformation") as cloud:
        cloud.client("dynamodb").create_table(
            TableName="received",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        may = {"Effect": "Allow", "Action": [*CONSUME, "dynamodb:PutItem"], "Resource": "*"}
        cloud.function("consume", SOURCE, cloud.role("consume", "lambda.amazonaws.com", may), Timeout=2)
        names = (f"s{number}" for number in count())
        yield Lab(cloud, cloud.client("cloudformation"), cloud.client("sqs"), names)


@pytest.fixture(scope="module")
def mapped(lab: Lab) -> dict[str, str]:
    """Both queues, with the function behind the one for work."""
    stack, status = lab.deploy(**BOTH, Mapping=MAPPING)
    assert status == "CREATE_COMPLETE", lab.why(stack)
    return lab.queues(stack)


def test_a_queue_is_as_its_template_says(lab: Lab, mapped: dict[str, str]) -> None:
    work, failures = lab.attributes(mapped["Work"]), lab.attributes(mapped["Failures"])

    assert work["SqsManagedSseEnabled"] == "true"
    assert work["VisibilityTimeout"] == "2"
    assert json.loads(work["RedrivePolicy"]) == {"deadLetterTargetArn": failures["QueueArn"], "maxReceiveCount": 2}
    assert json.loads(work["Policy"])["Statement"][0]["Effect"] == "Deny"
    assert failures["MessageRetentionPeriod"] == "1209600"


def test_a_message_comes_to_the_function_and_leaves_the_queue(lab: Lab, mapped: dict[str, str]) -> None:
    sent = lab.sqs.send_message(QueueUrl=mapped["Work"], MessageBody="good")

    record = lab.received("good1")

    assert record["messageId"] == sent["MessageId"]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == lab.attributes(mapped["Work"])["QueueArn"]
    assert eventually(lambda: lab.attributes(mapped["Work"])["ApproximateNumberOfMessagesNotVisible"] == "0")
    assert lab.attributes(mapped["Work"])["ApproximateNumberOfMessages"] == "0"


def test_what_the_function_refuses_comes_again_and_ends_in_the_queue_of_failures(
    lab: Lab, mapped: dict[str, str]
) -> None:
    lab.sqs.send_message(QueueUrl=mapped["Work"], MessageBody="bad")

    first, second = lab.received("bad1"), lab.received("bad2")

    assert (first["attributes"]["ApproximateReceiveCount"], second["attributes"]["ApproximateReceiveCount"]) == (
        "1",
        "2",
    )
    ended = eventually(lambda: lab.sqs.receive_message(QueueUrl=mapped["Failures"]).get("Messages"))
    assert [message["Body"] for message in ended] == ["bad"]
    assert lab.received("bad3", 0.5) == {}


def test_several_messages_come_one_by_one(lab: Lab, mapped: dict[str, str]) -> None:
    for number in range(3):
        lab.sqs.send_message(QueueUrl=mapped["Work"], MessageBody=f"good-{number}-")

    assert all(lab.received(f"good-{number}-1") for number in range(3))


@pytest.mark.parametrize("missing", CONSUME)
def test_a_mapping_needs_the_rights_of_the_functions_role(lab: Lab, missing: str) -> None:
    name = f"without-{missing[4:]}"
    may = {"Effect": "Allow", "Action": [action for action in CONSUME if action != missing], "Resource": "*"}
    lab.cloud.function(name, SOURCE, lab.cloud.role(name, "lambda.amazonaws.com", may), Timeout=2)

    stack, status = lab.deploy(
        **BOTH, Mapping={**MAPPING, "Properties": {**MAPPING["Properties"], "FunctionName": name}}
    )

    assert status == "ROLLBACK_COMPLETE"
    assert f"does not have permissions to call {missing[4:]} on SQS" in lab.why(stack)


def test_a_message_must_stay_invisible_as_long_as_the_function_may_take(lab: Lab, mapped: dict[str, str]) -> None:
    may = {"Effect": "Allow", "Action": list(CONSUME), "Resource": "*"}
    lab.cloud.function("slow", SOURCE, lab.cloud.role("slow", "lambda.amazonaws.com", may), Timeout=3)

    with pytest.raises(ClientError, match="Queue visibility timeout: 2 seconds is less than Function timeout: 3"):
        lab.cloud.client("lambda").create_event_source_mapping(
            EventSourceArn=lab.attributes(mapped["Work"])["QueueArn"], FunctionName="slow", BatchSize=1
        )


def test_the_rules_for_failed_events_come_from_a_template(lab: Lab) -> None:
    destination = {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}}
    rules = resource(
        "AWS::Lambda::EventInvokeConfig",
        FunctionName="consume",
        Qualifier="$LATEST",
        MaximumEventAgeInSeconds=240,
        MaximumRetryAttempts=1,
        DestinationConfig=destination,
    )
    send = json.dumps({"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]})
    lab.cloud.client("iam").put_role_policy(RoleName="consume", PolicyName="send", PolicyDocument=send)
    stack, status = lab.deploy(**BOTH, Rules=rules)
    assert status == "CREATE_COMPLETE", lab.why(stack)

    lab.cloud.client("lambda").invoke(FunctionName="consume", InvocationType="Event", Payload="{}")

    queue = lab.queues(stack)["Failures"]
    (message,) = eventually(lambda: lab.sqs.receive_message(QueueUrl=queue).get("Messages"))
    record = json.loads(message["Body"])
    assert record["requestPayload"] == {}
    assert record["requestContext"]["approximateInvokeCount"] == 2
