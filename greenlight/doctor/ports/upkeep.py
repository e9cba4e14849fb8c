"""Reads alarms, the preview secret, deletion protection, who is mailed, and the CDK CLI."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from greenlight.doctor.ports.aws import Aws, unless
from greenlight.doctor.ports.stacks import Stacks
from greenlight.doctor.upkeep import SecretLook

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
MOST_NAMES = 100
"""Of one DescribeAlarms (CloudWatch API reference)."""
PROTECTED = "deletion_protection.enabled"


class Upkeep:
    """One look at what Greenlight relies on."""

    def __init__(self, aws: Aws, stacks: Stacks) -> None:
        self._aws, self._stacks = aws, stacks

    def own_alarms(self) -> list[str]:
        """The alarms that the switch's stack made."""
        return self._stacks.physical("Switch", *ALARMS)

    def alarm_states(self, wanted: Collection[str]) -> Mapping[str, str]:
        """The state of each alarm that exists."""
        ordered = sorted(wanted)
        states: dict[str, str] = {}
        for start in range(0, len(ordered), MOST_NAMES):
            found = self._aws.client("cloudwatch").describe_alarms(
                AlarmNames=ordered[start : start + MOST_NAMES], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
            )
            both = [*found["MetricAlarms"], *found["CompositeAlarms"]]
            states |= {each["AlarmName"]: each["StateValue"] for each in both}
        return states

    def secrets(self, now: datetime) -> Mapping[str, SecretLook | None]:
        """The preview secrets; None for one that does not exist any more. None of them is read."""
        client = self._aws.client("secretsmanager")
        found = {}
        for arn in self._stacks.physical("Edge", "AWS::SecretsManager::Secret"):
            answer = unless(partial(client.describe_secret, SecretId=arn), "ResourceNotFoundException")
            found[arn] = _look(answer, now) if answer else None
        return found

    def protected(self) -> Mapping[str, bool]:
        """Whether load balancer and tables refuse deletion now."""
        return {**self._load_balancers(), **self._tables()}

    def _load_balancers(self) -> Mapping[str, bool]:
        client = self._aws.client("elbv2")
        found = {}
        for arn in self._stacks.physical("Edge", "AWS::ElasticLoadBalancingV2::LoadBalancer"):
            attributes = client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
            found["the load balancer"] = {"Key": PROTECTED, "Value": "true"} in attributes
        return found

    def _tables(self) -> Mapping[str, bool]:
        client = self._aws.client("dynamodb")
        found = {}
        for name in self._stacks.physical("Data", "AWS::DynamoDB::Table"):
            table = client.describe_table(TableName=name)["Table"]
            found[f"the table {name}"] = bool(table.get("DeletionProtectionEnabled"))
        return found

    def subscriptions(self) -> Mapping[str, str] | None:
        """The subscription's ARN by address; None when there is no topic yet."""
        topic = self._stacks.output("Switch", "TopicArn")
        if not topic:
            return None
        found = self._aws.pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic)
        return {each["Endpoint"]: each["SubscriptionArn"] for each in found if each["Protocol"] == "email"}


def _look(described: Mapping[str, Any], now: datetime) -> SecretLook:
    changed = described.get("LastChangedDate") or now
    return SecretLook("DeletedDate" in described, (now - changed) / timedelta(days=1))


def cli_versions(checkout: Path) -> tuple[str, str | None]:
    """The version of the CDK CLI that is pinned, and the one that is installed."""
    pinned = json.loads((checkout / "package.json").read_text())
    wanted = {**pinned.get("dependencies", {}), **pinned.get("devDependencies", {})}["aws-cdk"]
    try:
        installed = json.loads((checkout / "node_modules" / "aws-cdk" / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError):
        return wanted, None
    return wanted, installed
