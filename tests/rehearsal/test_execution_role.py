"""The role that CloudFormation works with: what it may not do, no deploy does (CloudFormation guide, service role)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

ACCOUNT = "000000000000"
TOPIC: Mapping[str, Any] = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "one"}}
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALL = ("sns:*", "iam:*", "lambda:*")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation") as cloud:
        yield cloud


def role(cloud: LocalCloud, name: str, *actions: str, service: str = "cloudformation", **more: Any) -> str:
    statements = [{"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}] if actions else []
    return cloud.role(name, f"{service}.amazonaws.com", *statements)


def ended(cloud: LocalCloud, name: str) -> str:
    """The status that a stack's operation ends in."""

    def look() -> str:
        found = str(cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        return "" if found.endswith("IN_PROGRESS") else found

    return str(eventually(look))


def create(cloud: LocalCloud, name: str, resource: Mapping[str, Any], **more: str) -> str:
    body = json.dumps({"Resources": {"Part": resource}})
    cloud.client("cloudformation").create_stack(
        StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"], **more
    )
    return ended(cloud, name)


def update(cloud: LocalCloud, name: str, **more: str) -> str:
    body = json.dumps({"Resources": {"Part": {**TOPIC, "Properties": {"DisplayName": "two"}}}})
    cloud.client("cloudformation").update_stack(StackName=name, TemplateBody=body, **more)
    return ended(cloud, name)


def reasons(cloud: LocalCloud, name: str) -> str:
    events = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return " ".join(each.get("ResourceStatusReason", "") for each in events)


def test_without_a_role_the_caller_makes_everything(cloud: LocalCloud) -> None:
    assert create(cloud, "None", TOPIC) == "CREATE_COMPLETE"


def test_a_role_that_may_makes_it(cloud: LocalCloud) -> None:
    assert create(cloud, "May", TOPIC, RoleARN=role(cloud, "may", *ALL)) == "CREATE_COMPLETE"


def test_a_role_that_may_not_is_named_with_the_call_and_the_resource(cloud: LocalCloud) -> None:
    assert create(cloud, "MayNot", TOPIC, RoleARN=role(cloud, "may-not", "sqs:*")) == "ROLLBACK_COMPLETE"
    assert (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/may-not/AWSCloudFormation is not authorized to perform:"
        f" sns:CreateTopic on resource: arn:aws:sns:us-east-1:{ACCOUNT}:MayNot-Part-" in reasons(cloud, "MayNot")
    )


def test_a_role_that_does_not_trust_cloudformation_makes_nothing(cloud: LocalCloud) -> None:
    arn = role(cloud, "stranger", *ALL, service="lambda")

    assert create(cloud, "Stranger", TOPIC, RoleARN=arn) == "ROLLBACK_COMPLETE"
    assert f"Role {arn} is invalid or cannot be assumed" in reasons(cloud, "Stranger")


def test_the_role_of_the_last_operation_serves_the_next_one(cloud: LocalCloud) -> None:
    arn = role(cloud, "fading", *ALL)
    assert create(cloud, "Fading", TOPIC, RoleARN=arn) == "CREATE_COMPLETE"
    cloud.client("iam").delete_role_policy(RoleName="fading", PolicyName="own")

    assert update(cloud, "Fading").startswith("UPDATE_ROLLBACK")
    assert "fading/AWSCloudFormation is not authorized" in reasons(cloud, "Fading")
    assert update(cloud, "Fading", RoleARN=role(cloud, "fresh", *ALL)) == "UPDATE_COMPLETE"


def test_nothing_is_deleted_that_the_role_may_not_delete(cloud: LocalCloud) -> None:
    arn = role(
        cloud,
        "keeper",
        "sns:CreateTopic",
        "sns:Get*",
        "sns:List*",
        "sns:Tag*",
        "sns:Set*",
        "sns:Put*",
        "sns:Subscribe",
    )
    assert create(cloud, "Keeper", TOPIC, RoleARN=arn) == "CREATE_COMPLETE"
    cloud.client("cloudformation").delete_stack(StackName="Keeper")

    assert ended(cloud, "Keeper") == "DELETE_FAILED"
    assert "not authorized to perform: sns:DeleteTopic" in reasons(cloud, "Keeper")


@pytest.mark.parametrize(("bound", "status"), [("right", "CREATE_COMPLETE"), ("wrong", "ROLLBACK_COMPLETE")])
def test_a_role_is_made_within_the_boundary_alone(cloud: LocalCloud, bound: str, status: str) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    arns = {
        name: cloud.client("iam").create_policy(PolicyName=f"{name}-for-{bound}", PolicyDocument=document)["Policy"][
            "Arn"
        ]
        for name in ("right", "wrong")
    }
    limit = {"StringEquals": {"iam:PermissionsBoundary": arns["right"]}}
    maker = role(cloud, f"maker-{bound}", "iam:*", Condition=limit)
    resource = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Statement": [TRUST]}, "PermissionsBoundary": arns[bound]},
    }

    assert create(cloud, f"Bound{bound.capitalize()}", resource, RoleARN=maker) == status


def test_a_role_that_is_there_gets_its_boundary_in_place(cloud: LocalCloud) -> None:
    iam, name = cloud.client("iam"), "GrowsUp"
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    bound = iam.create_policy(PolicyName="grown-up", PolicyDocument=document)["Policy"]["Arn"]
    properties = {"RoleName": "grows-up", "AssumeRolePolicyDocument": {"Statement": [TRUST]}}
    create(cloud, name, {"Type": "AWS::IAM::Role", "Properties": properties})
    before = iam.get_role(RoleName="grows-up")["Role"]["RoleId"]
    grown = {"Type": "AWS::IAM::Role", "Properties": {**properties, "PermissionsBoundary": bound}}
    body = json.dumps({"Resources": {"Part": grown}})
    cloud.client("cloudformation").update_stack(
        StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"], RoleARN=role(cloud, "maker", "iam:*")
    )

    assert ended(cloud, name) == "UPDATE_COMPLETE"
    assert iam.get_role(RoleName="grows-up")["Role"]["RoleId"] == before
    found = iam.list_entities_for_policy(PolicyArn=bound, PolicyUsageFilter="PermissionsBoundary")["PolicyRoles"]
    assert [each["RoleName"] for each in found] == ["grows-up"]


def test_a_role_can_do_what_its_boundary_allows_and_no_more(cloud: LocalCloud) -> None:
    """Made by CloudFormation, and asked of IAM."""
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource": "*"}]}
    )
    bound = cloud.client("iam").create_policy(PolicyName="sns-alone", PolicyDocument=document)["Policy"]["Arn"]
    own = {"PolicyName": "own", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
    operator = {**TRUST, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/operator"}}
    properties = {
        "RoleName": "bounded",
        "AssumeRolePolicyDocument": {"Statement": [operator]},
        "PermissionsBoundary": bound,
        "Policies": [own],
    }
    assert create(cloud, "Bounded", {"Type": "AWS::IAM::Role", "Properties": properties}) == "CREATE_COMPLETE"
    session = cloud.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/bounded", RoleSessionName="try")

    assert can(cloud, session["Credentials"], "sns", "list_topics")
    assert not can(cloud, session["Credentials"], "sqs", "list_queues")


def can(cloud: LocalCloud, keys: Mapping[str, str], service: str, call: str) -> bool:
    client: Any = boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=cloud.endpoint,
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    try:
        getattr(client, call)()
    except ClientError:
        return False
    return True
