"""Calls reach EventBridge as CloudTrail tells them, as long as a trail logs.

Source: CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element"; EventBridge user
guide, "AWS service events delivered via AWS CloudTrail".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from greenlight.doctor.ports.aws import Aws
from greenlight.doctor.ports.trail import trails
from greenlight.doctor.trail import Trail
from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.cloud.cloudtrail.event import request_parameters
from tests.rehearsal.local_cloud import EVERYTHING, LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

PATTERN = {"source": ["aws.ssm"], "detail-type": ["AWS API Call via CloudTrail"]}

Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ssm", "eventbridge", "cloudtrail") as cloud:
        yield cloud


@pytest.fixture
def told(cloud: LocalCloud) -> Told:
    """What a queue was told by a rule that takes every call of Systems Manager."""
    sqs, events = cloud.client("sqs"), cloud.client("events")
    url = sqs.create_queue(QueueName="calls")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:calls"
    rule = events.put_rule(Name="calls", EventPattern=json.dumps(PATTERN))["RuleArn"]
    events.put_targets(Rule="calls", Targets=[{"Id": "queue", "Arn": arn}])
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [let_in]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    def read() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
        return [json.loads(each["Body"])["detail"] for each in found]

    return read


def _start_logging(cloud: LocalCloud) -> None:
    client = cloud.client("cloudtrail")
    client.create_trail(Name="account", S3BucketName="trail")
    client.start_logging(Name="account")


def _write(ssm: Any) -> None:
    ssm.put_parameter(Name="/greenlight/shop/blue", Value="secret", Type="String", Overwrite=True)


def test_a_call_is_told_with_who_made_it_and_what_about(cloud: LocalCloud, told: Told) -> None:
    _start_logging(cloud)
    _write(cloud.user("ssm", "mallory", ["ssm:PutParameter"]))

    (detail,) = eventually(told)
    assert (detail["eventSource"], detail["eventName"]) == ("ssm.amazonaws.com", "PutParameter")
    assert detail["requestParameters"]["name"] == "/greenlight/shop/blue"
    assert detail["userIdentity"]["arn"] == f"arn:aws:iam::{ACCOUNT}:user/mallory"
    assert "sessionContext" not in detail["userIdentity"]


def test_the_role_of_a_session_is_named(cloud: LocalCloud, told: Told) -> None:
    _start_logging(cloud)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam = cloud.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="writer", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    everything = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})
    iam.put_role_policy(RoleName="writer", PolicyName="own", PolicyDocument=everything)
    lent = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    session = boto3.Session(lent["AccessKeyId"], lent["SecretAccessKey"], lent["SessionToken"], REGION)
    _write(session.client("ssm", endpoint_url=cloud.endpoint))

    (detail,) = eventually(told)
    assert detail["userIdentity"]["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/writer/me"
    assert detail["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == role


def test_the_value_of_a_parameter_is_told_nobody(cloud: LocalCloud, told: Told) -> None:
    _start_logging(cloud)
    _write(cloud.client("ssm"))

    assert "secret" not in json.dumps(eventually(told))


def test_without_a_trail_that_logs_nobody_is_told(cloud: LocalCloud, told: Told) -> None:
    _write(cloud.client("ssm"))
    _start_logging(cloud)
    cloud.client("ssm").delete_parameter(Name="/greenlight/shop/blue")

    assert [each["eventName"] for each in eventually(told)] == ["DeleteParameter"]


def test_whoever_only_reads_is_not_told_of(cloud: LocalCloud, told: Told) -> None:
    _start_logging(cloud)
    ssm = cloud.client("ssm")
    _write(ssm)
    ssm.get_parameter(Name="/greenlight/shop/blue")
    ssm.delete_parameter(Name="/greenlight/shop/blue")

    assert eventually(lambda: {each["eventName"] for each in told()} == {"PutParameter", "DeleteParameter"})


def test_the_members_of_a_list_stand_together_in_a_record() -> None:
    given = {
        "RulePriorities.member.1.RuleArn": "a",
        "RulePriorities.member.1.Priority": "1",
        "RulePriorities.member.2.RuleArn": "b",
        "ResourceArns.member.1": "c",
        "RuleArn": "d",
    }

    assert request_parameters(given) == {
        "rulePriorities": [{"ruleArn": "a", "priority": "1"}, {"ruleArn": "b"}],
        "resourceArns": ["c"],
        "ruleArn": "d",
    }


def test_the_doctor_sees_whether_a_trail_logs(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws(boto3.Session())
    monkeypatch.setattr(Aws, "client", lambda _, service: cloud.client(service))
    client = cloud.client("cloudtrail")
    client.create_trail(Name="account", S3BucketName="trail")
    before = trails(aws)
    client.start_logging(Name="account")

    assert before == [Trail("account", is_logging=False, logs_writes=True)]
    assert trails(aws) == [Trail("account", is_logging=True, logs_writes=True)]
