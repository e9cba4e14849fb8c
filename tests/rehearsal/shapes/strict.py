"""What `security: strict` promises: a closed default security group, a page for a stranger, and none for a release."""

from __future__ import annotations

from typing import Any

import boto3

from greenlight.deployed import Deployed
from greenlight.rehearsal.stage import Stage
from tests.rehearsal.local_cloud import eventually

CALLS = ("ModifyRule", "PutParameter", "StartExecution")


def keeps_its_promises(stage: Stage) -> None:
    """Look, and call what only Greenlight should call, as somebody else. Raises AssertionError for a broken promise."""
    assert _rules_of_default_group() == [], "the default security group is not closed"
    for done in Deployed().rotate_preview():
        assert done["rotated"], done
    assert not _told(stage), "a deploy, a release or a rotation was taken for a stranger's"
    _write_a_parameter()
    _write_the_rule()
    _start_an_execution()
    assert eventually(lambda: _told(stage) == list(CALLS), seconds=15), f"told of {_told(stage)}, not of {CALLS}"


def _told(stage: Stage) -> list[str]:
    said = [each["message"] for each in stage.ask("messages") if "No part of Greenlight did" in each["message"]]
    return sorted(call for call in CALLS for message in said if f" called {call} at " in message)


def _rules_of_default_group() -> list[Any]:
    groups = boto3.client("ec2").describe_security_groups(
        Filters=[
            {"Name": "group-name", "Values": ["default"]},
            {"Name": "vpc-id", "Values": [_output("GreenlightNetwork", "VpcId")]},
        ]
    )["SecurityGroups"]
    assert groups, "there is no default security group"
    return [rule for each in groups for rule in (*each["IpPermissions"], *each["IpPermissionsEgress"])]


def _write_a_parameter() -> None:
    boto3.client("ssm").put_parameter(Name="/greenlight/shop/tried", Value="anything", Type="String")


def _write_the_rule() -> None:
    """With what it says already: what counts is who writes."""
    elbv2 = boto3.client("elbv2")
    listener = _output("GreenlightEdge", "ListenerArn")
    rules = elbv2.describe_rules(ListenerArn=listener)["Rules"]
    rule = next(each for each in rules if each["Priority"] == "100")
    elbv2.modify_rule(RuleArn=rule["RuleArn"], Actions=rule["Actions"])


def _start_an_execution() -> None:
    machine = _output("GreenlightSwitch", "StateMachineArn")
    boto3.client("stepfunctions").start_execution(stateMachineArn=machine, input="{}")


def _output(stack: str, name: str) -> str:
    (found,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return next(str(each["OutputValue"]) for each in found["Outputs"] if each["OutputKey"] == name)
