"""Problems of what is deployed, or in its way: images, alarms, the rule, the lock, quotas, the secret, the topic."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from greenlight.rehearsal.runner.images import manifest_of, push_image
from tests.rehearsal.plants.ground import Ground

ADDRESS = "ops@example.com"


@contextmanager
def image_for_arm(_: Ground) -> Iterator[None]:
    ecr: Any = boto3.client("ecr")
    push_image(ecr, "greenlight/shop", "arm", "arm64")
    try:
        yield
    finally:
        ecr.batch_delete_image(repositoryName="greenlight/shop", imageIds=[{"imageTag": "arm"}])


@contextmanager
def tag_that_moved(_: Ground) -> Iterator[None]:
    """Somebody deletes the tag of a version that runs, and pushes another image under it."""
    ecr: Any = boto3.client("ecr")
    name, tag = "greenlight/shop", {"imageTag": "1.0.0"}
    manifests = {kind: manifest_of(name, kind) for kind in ("1.0.0", "somebody else's")}

    def push(kind: str) -> None:
        ecr.batch_delete_image(repositoryName=name, imageIds=[tag])
        ecr.put_image(repositoryName=name, imageManifest=manifests[kind], imageTag="1.0.0")

    push("somebody else's")
    try:
        yield
    finally:
        push("1.0.0")


@contextmanager
def alarm_that_rings(_: Ground) -> Iterator[None]:
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="sales", Namespace="Shop", MetricName="Sales", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="LessThanThreshold", TreatMissingData="breaching",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="sales", StateValue="ALARM", StateReason="planted")
    try:
        yield
    finally:
        cloudwatch.delete_alarms(AlarmNames=["sales"])


@contextmanager
def rule_changed_by_hand(ground: Ground) -> Iterator[None]:
    elbv2 = boto3.client("elbv2")
    arn = ground.physical("GreenlightEdge", "AWS::ElasticLoadBalancingV2::Listener")
    rules = elbv2.describe_rules(ListenerArn=arn)["Rules"]
    rule = next(each for each in rules if len(each["Actions"][0].get("ForwardConfig", {}).get("TargetGroups", [])) == 2)
    before = rule["Actions"]
    changed = copy.deepcopy(before)
    for group in changed[0]["ForwardConfig"]["TargetGroups"]:
        group["Weight"] = 50
    elbv2.modify_rule(RuleArn=rule["RuleArn"], Actions=changed)
    try:
        yield
    finally:
        elbv2.modify_rule(RuleArn=rule["RuleArn"], Actions=before)


@contextmanager
def lock_of_a_switch(ground: Ground) -> Iterator[None]:
    """The lock as a running switch holds it."""
    journal = "GreenlightData"
    outputs = boto3.client("cloudformation").describe_stacks(StackName=journal)["Stacks"][0]["Outputs"]
    table = boto3.resource("dynamodb").Table(
        next(each["OutputValue"] for each in outputs if each["OutputKey"] == "JournalTableName")
    )
    key = {table.key_schema[0]["AttributeName"]: "lock#shop"}
    now = int(time.time())
    before = table.get_item(Key=key).get("Item")
    table.put_item(
        Item={**key, "owner": "planted", "epoch": 9, "reason": "a release", "since": now, "deadline": now + 600}
    )
    try:
        yield
    finally:
        table.put_item(Item=before) if before else table.delete_item(Key=key)


@contextmanager
def every_address_taken(_: Ground) -> Iterator[None]:
    ec2 = boto3.client("ec2")
    taken = [ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(5)]
    try:
        yield
    finally:
        for each in taken:
            ec2.release_address(AllocationId=each)


@contextmanager
def secret_that_goes(ground: Ground) -> Iterator[None]:
    secrets = boto3.client("secretsmanager")
    arn = ground.physical("GreenlightEdge", "AWS::SecretsManager::Secret")
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    try:
        yield
    finally:
        secrets.restore_secret(SecretId=arn)


@contextmanager
def address_not_confirmed(ground: Ground) -> Iterator[None]:
    sns, topic = boto3.client("sns"), ground.physical("GreenlightSwitch", "AWS::SNS::Topic")
    asked = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=ADDRESS, ReturnSubscriptionArn=True)
    try:
        yield
    finally:
        sns.unsubscribe(SubscriptionArn=asked["SubscriptionArn"])
