"""EventBridge in the local cloud: its targets must let the rule in, and schedules really fire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

SOURCE = """
import boto3
import json


def handle(event, context):
    boto3.client("sqs").send_message(QueueUrl=event["queue"], MessageBody=json.dumps(event))
"""


@dataclass(frozen=True)
class Lab:
    """The cloud with a function that sends its event to the queue that the event names."""

    cloud: LocalCloud
    events: Any
    sqs: Any
    function: str
    names: Iterator[str]

    def queue(self) -> tuple[str, str]:
        """A new queue: its URL and its ARN."""
        url = str(self.sqs.create_queue(QueueName=next(self.names))["QueueUrl"])
        return url, self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def allow(self, url: str, queue: str, rule: str) -> None:
        """Let one rule send to a queue."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    def rule(self, target: str, **rule: str) -> str:
        """A rule with one target, and its ARN."""
        name = next(self.names)
        arn = str(self.events.put_rule(Name=name, **rule)["RuleArn"])
        self.events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target}])
        return arn

    def happen(self, source: str, **detail: str) -> None:
        entry = {"Source": source, "DetailType": "something", "Detail": json.dumps(detail)}
        self.events.put_events(Entries=[entry])

    def received(self, url: str, seconds: float = 30.0) -> list[dict[str, Any]]:
        """What a queue has within some seconds."""
        found = eventually(lambda: self.sqs.receive_message(QueueUrl=url).get("Messages"), seconds) or []
        return [json.loads(message["Body"]) for message in found]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions", "eventbridge", "sns") as cloud:
        send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
        function = cloud.function("forward", SOURCE, cloud.role("forward", "lambda.amazonaws.com", send), Timeout=10)
        names = (f"n{number}" for number in count())
        yield Lab(cloud, cloud.client("events"), cloud.client("sqs"), function, names)


def test_an_event_reaches_a_queue_that_lets_the_rule_in(lab: Lab) -> None:
    url, queue = lab.queue()
    lab.allow(url, queue, lab.rule(queue, EventPattern=json.dumps({"source": ["allowed"]})))

    lab.happen("allowed", color="green")

    assert [event["detail"] for event in lab.received(url)] == [{"color": "green"}]


def test_a_queue_without_a_policy_gets_nothing(lab: Lab) -> None:
    url, queue = lab.queue()
    lab.rule(queue, EventPattern=json.dumps({"source": ["closed"]}))

    lab.happen("closed")

    assert lab.received(url, 0.5) == []


def test_a_policy_for_another_rule_lets_nothing_in(lab: Lab) -> None:
    url, queue = lab.queue()
    rule = lab.rule(queue, EventPattern=json.dumps({"source": ["other"]}))
    lab.allow(url, queue, f"{rule}-not")

    lab.happen("other")

    assert lab.received(url, 0.5) == []


def test_an_event_reaches_a_function_that_lets_the_rule_in(lab: Lab) -> None:
    url, _ = lab.queue()
    rule = lab.rule(lab.function, EventPattern=json.dumps({"source": ["shop"]}))
    target = {"Id": "1", "Arn": lab.function, "Input": json.dumps({"queue": url})}
    lab.events.put_targets(Rule=rule.rpartition("/")[2], Targets=[target])
    lab.happen("shop")
    assert lab.received(url, 0.5) == []

    let_in(lab, "elsewhere", f"{rule}-not")
    lab.happen("shop")
    assert lab.received(url, 0.5) == []

    let_in(lab, "here", rule)
    lab.happen("shop")
    assert lab.received(url) == [{"queue": url}]


def test_what_a_policy_keeps_from_its_target_is_told(lab: Lab) -> None:
    """EventBridge guide, "Troubleshooting Amazon EventBridge": the event is dropped, and only a metric counts it."""
    _, queue = lab.queue()
    rule = lab.rule(queue, EventPattern=json.dumps({"source": ["unheard"]}))

    lab.happen("unheard")

    lost = eventually(lambda: [each for each in lab.cloud.control("silences")["lost"] if queue in each])
    assert lost == [
        f"events of the rule {rule.rpartition('/')[2]} do not reach {queue}: its policy does not allow sqs:SendMessage"
        f" to events.amazonaws.com for {rule}"
    ]


def test_a_topic_gets_an_event_only_if_its_policy_lets_the_rule_in(lab: Lab) -> None:
    """EventBridge guide, "Amazon SNS permissions": a topic's policy must name events.amazonaws.com."""
    topic = lab.cloud.client("sns").create_topic(Name="topic")["TopicArn"]
    closed = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "*", "Resource": topic}
    lab.rule(topic, EventPattern=json.dumps({"source": ["topic"]}))

    for statement in (closed, {**closed, "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}):
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        lab.cloud.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        lab.happen("topic", by=statement["Principal"]["Service"])

    kept = eventually(lambda: [json.loads(each["message"]) for each in lab.cloud.control("messages")])
    assert [each["detail"]["by"] for each in kept] == ["events.amazonaws.com"]


@pytest.mark.parametrize(("service", "count"), [("events.amazonaws.com", 1), ("states.amazonaws.com", 0)])
def test_a_target_with_a_role_is_reached_only_if_the_role_trusts_eventbridge(
    lab: Lab, service: str, count: int
) -> None:
    """EventBridge guide, "Using IAM roles": EventBridge takes the target's role, so it must be the role's principal."""
    url, queue = lab.queue()
    name = next(lab.names)
    role = lab.cloud.role(name, service, {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue})
    lab.events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    lab.events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": queue, "RoleArn": role}])

    lab.happen(name)

    assert len(lab.received(url, 30 if count else 0.5)) == count


def let_in(lab: Lab, statement: str, rule: str) -> None:
    lab.cloud.client("lambda").add_permission(
        FunctionName="forward",
        StatementId=statement,
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )


def test_a_schedule_fires_again_and_again(lab: Lab) -> None:
    url, queue = lab.queue()
    rule = lab.rule(queue, ScheduleExpression="rate(1 minute)")
    lab.allow(url, queue, rule)

    first = lab.received(url, 30)
    second = lab.received(url, 30)

    assert [event["detail-type"] for event in (*first, *second)] == ["Scheduled Event"] * 2
    assert first[0]["resources"] == [rule]
    assert first[0]["id"] != second[0]["id"]


def test_a_disabled_schedule_does_not_fire(lab: Lab) -> None:
    url, queue = lab.queue()
    lab.allow(url, queue, lab.rule(queue, ScheduleExpression="rate(1 minute)", State="DISABLED"))

    assert lab.received(url, 2.5) == []
