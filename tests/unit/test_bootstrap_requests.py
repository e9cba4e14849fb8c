"""What CloudFormation asks for a resource: action, resource, and the values of conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from greenlight.bootstrap.calls import calls
from greenlight.bootstrap.registry import permissions
from greenlight.bootstrap.requests import RANDOM, Asked, Resource

HERE, ACCOUNT = "eu-west-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/GreenlightSwitch-Role"
TAG = "aws:resourcetag/aws:cloudformation:stack-name"


def asked(kind: str, operation: str = "create", logical_id: str = "Part", **properties: Any) -> Mapping[str, Asked]:
    resource = Resource(kind, logical_id, "GreenlightEdge", properties, HERE, ACCOUNT)
    return {each.action: each for each in resource.asked(operation)}


@pytest.mark.parametrize(
    ("kind", "action", "arn"),
    [
        (
            "AWS::DynamoDB::Table",
            "dynamodb:CreateTable",
            f"dynamodb:{HERE}:{ACCOUNT}:table/GreenlightEdge-Part-{RANDOM}",
        ),
        ("AWS::S3::Bucket", "s3:CreateBucket", f"s3:::greenlightedge-part-{RANDOM.lower()}"),
        (
            "AWS::SecretsManager::Secret",
            "secretsmanager:CreateSecret",
            f"secretsmanager:{HERE}:{ACCOUNT}:secret:Part-{RANDOM}",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "elasticloadbalancing:CreateLoadBalancer",
            f"elasticloadbalancing:{HERE}:{ACCOUNT}:loadbalancer/app/Green-Part-{RANDOM}/1",
        ),
    ],
)
def test_a_resource_is_asked_for_by_the_name_that_it_will_have(kind: str, action: str, arn: str) -> None:
    assert asked(kind)[action].resource == f"arn:aws:{arn}"


def test_a_chosen_name_is_what_is_asked_for() -> None:
    found = asked("AWS::DynamoDB::Table", TableName="customers")

    assert found["dynamodb:CreateTable"].resource.endswith(":table/customers")


def test_what_knows_no_resources_is_asked_for_everywhere() -> None:
    assert asked("AWS::EC2::VPC")["ec2:CreateVpc"] == Asked("ec2:CreateVpc", "*", {TAG: "GreenlightEdge"})


@pytest.mark.parametrize(
    ("kind", "key", "service"),
    [
        ("AWS::Lambda::Function", "Role", "lambda"),
        ("AWS::StepFunctions::StateMachine", "RoleArn", "states"),
        ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs"),
    ],
)
def test_a_role_is_passed_to_the_service_that_uses_it(kind: str, key: str, service: str) -> None:
    found = asked(kind, **{key: ROLE})["iam:PassRole"]

    assert found == Asked("iam:PassRole", ROLE, {"iam:passedtoservice": f"{service}.amazonaws.com"})


def test_a_role_is_made_with_the_boundary_of_its_template() -> None:
    assert (
        asked("AWS::IAM::Role", PermissionsBoundary="bound")["iam:CreateRole"].context["iam:permissionsboundary"]
        == "bound"
    )
    assert "iam:permissionsboundary" not in asked("AWS::IAM::Role")["iam:CreateRole"].context


def test_a_policy_is_put_into_its_roles() -> None:
    found = asked("AWS::IAM::Policy", Roles=["GreenlightSwitch-Role"])["iam:PutRolePolicy"]

    assert found == Asked("iam:PutRolePolicy", ROLE, {"role": "GreenlightSwitch-Role"})


def test_a_custom_resource_invokes_its_function() -> None:
    arn = f"arn:aws:lambda:{HERE}:{ACCOUNT}:function:GreenlightSwitch-Request"

    assert list(asked("Custom::GreenlightRelease", ServiceToken=arn).values()) == [
        Asked("lambda:InvokeFunction", arn, {TAG: "GreenlightEdge"})
    ]


def test_the_code_of_a_function_is_read() -> None:
    found = asked("AWS::Lambda::Function", Code={"S3Bucket": "cdk-assets", "S3Key": "a.zip"})

    assert found["s3:GetObject"].resource == "arn:aws:s3:::cdk-assets/a.zip"


def test_the_operations_own_call_comes_first() -> None:
    assert next(iter(asked("AWS::IAM::Role"))) == "iam:CreateRole"
    assert next(iter(asked("AWS::IAM::Role", "delete"))) == "iam:DeleteRole"


def test_what_a_type_may_call_is_the_registrys_word() -> None:
    assert calls("AWS::SQS::Queue") == permissions("AWS::SQS::Queue", "create", "read", "update", "delete")


@pytest.mark.parametrize("action", ["dynamodb:PutItem", "dynamodb:Scan", "dynamodb:CreateTableReplica", "kms:Decrypt"])
def test_items_of_tables_are_never_touched(action: str) -> None:
    assert action in permissions("AWS::DynamoDB::Table", "create")
    assert action not in calls("AWS::DynamoDB::Table")
