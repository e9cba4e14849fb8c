"""The actions of alarms in the local cloud: a topic is told only if its policy lets CloudWatch in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sns:Publish",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
CLOUDWATCH = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"}},
}
FOREIGN = {**CLOUDWATCH, "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}
ONE_ALARM = {**CLOUDWATCH, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:another"}}}
ANY_OF_THE_ACCOUNT = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "*", "Resource": "*"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudwatch", "sns") as cloud:
        yield cloud


def rung(cloud: LocalCloud, name: str, *policy: dict[str, Any]) -> str:
    """The ARN of a topic whose alarm has just gone off; a topic without statements has the policy it was born with."""
    topic = str(cloud.client("sns").create_topic(Name=name)["TopicArn"])
    if policy:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(policy)})
        cloud.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    client = cloud.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName=name,
        Namespace="Greenlight/Test",
        MetricName="Errors",
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    return topic


def told(cloud: LocalCloud, topic: str) -> list[str]:
    return [each["subject"] for each in cloud.control("messages") if each["topic"] == topic]


def history(cloud: LocalCloud, alarm: str) -> list[str]:
    """What DescribeAlarmHistory says of an alarm's actions."""
    found = cloud.client("cloudwatch").describe_alarm_history(AlarmName=alarm, HistoryItemType="Action")
    return [each["HistorySummary"] for each in found["AlarmHistoryItems"]]


@pytest.mark.parametrize(
    ("name", "policy"), [("default", ()), ("named", (TLS_ONLY, CLOUDWATCH))], ids=["default", "named"]
)
def test_a_topic_that_lets_cloudwatch_in_is_told(
    cloud: LocalCloud, name: str, policy: tuple[dict[str, Any], ...]
) -> None:
    """SNS guide, "Cases for using Amazon SNS policies": cloudwatch.amazonaws.com with aws:SourceAccount."""
    topic = rung(cloud, name, *policy)

    assert eventually(lambda: told(cloud, topic)) == [f'ALARM: "{name}" in us-east-1']
    assert history(cloud, name) == [f"Successfully executed action {topic}"]


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("tls-only", (TLS_ONLY,)),
        ("foreign", (FOREIGN,)),
        ("one-alarm", (ONE_ALARM,)),
        ("account", (ANY_OF_THE_ACCOUNT,)),
        ("forbidden", (CLOUDWATCH, {**CLOUDWATCH, "Effect": "Deny"})),
    ],
    ids=["tls-only", "foreign", "one-alarm", "account", "forbidden"],
)
def test_a_topic_whose_policy_does_not_let_the_alarm_in_is_not_told(
    cloud: LocalCloud, name: str, policy: tuple[dict[str, Any], ...]
) -> None:
    """re:Post, "SNS notification for my CloudWatch alarm": the refusal is in the alarm's history, and nowhere else."""
    topic = rung(cloud, name, *policy)

    (entry,) = eventually(lambda: history(cloud, name))
    assert entry.startswith(f'Failed to execute action {topic}. Received error: "Resource: arn:aws:cloudwatch:')
    assert entry.endswith(f'is not authorized to perform: SNS:Publish on resource: {topic}"')
    assert told(cloud, topic) == []
    assert any(f"the alarm {name} may not publish to {topic}" in each for each in cloud.control("silences")["lost"])
