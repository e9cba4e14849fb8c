"""Everything is deployed by a role that is less than an administrator, and what that role may not do is not done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console
from traffic_switch.contract import Color

from greenlight.bootstrap.places import BOUNDARY
from greenlight.deployed import Deployed
from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.acts.flags import RELEASE, Script
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.stage import CommandOutcome, Stage
from greenlight.rehearsal.versions import Cast
from tests.rehearsal.local_cloud import eventually
from tests.strict_settings import STRICT

pytestmark = [pytest.mark.rehearsal, pytest.mark.long, pytest.mark.timeout(600)]

ROLE = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{BOUNDARY}"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"
SETTINGS = {
    "@aws-cdk/core:permissionsBoundary": {"name": BOUNDARY},
    "access": True,
    "access_viewers": [OPERATOR],
    "backup_days": 7,
    "github_repository": "octocat/shop",
    "nat_gateways": 1,
    "notify_email": "ops@example.com",
}
TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
TABLE = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def logs_of_a_week(script: Script) -> Mapping[str, str]:
    """What the release declares, and shorter lives of logs."""
    return {**RELEASE(script), "log_retention_days": "7"}


def order(folder: Path, compute: str, more: Mapping[str, Any]) -> Order:
    return Order(
        compute=compute,
        acts=[],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        place=Place(folder),
        config=ConfigFile(Path("narrow.json"), {**SETTINGS, **more}),
        more_flags={"release": RELEASE, "week": logs_of_a_week},
        narrow_bootstrap=True,
    )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The host's compute, with the first version live: whatever that takes, the narrow role may."""
    with (
        Progress(Console(quiet=True)) as progress,
        opened(order(tmp_path_factory.mktemp("rehearsal"), "ec2", {}), progress) as stage,
    ):
        yield stage


def deployed(stage: Stage, assembly: str) -> CommandOutcome:
    return stage.deploy(assembly, lambda: None)


def test_the_role_is_no_administrator(stage: Stage) -> None:
    attached = boto3.client("iam").list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]

    assert attached
    assert all(each["PolicyName"].startswith("cdk-greenlight-execution-") for each in attached)


def test_no_role_of_greenlights_is_without_the_boundary(stage: Stage) -> None:
    iam = boto3.client("iam")
    ours = {each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith("Greenlight")}
    bound = iam.list_entities_for_policy(PolicyArn=BOUNDARY_ARN, PolicyUsageFilter="PermissionsBoundary")

    assert len(ours) > 15
    assert ours == {each["RoleName"] for each in bound["PolicyRoles"]}


def test_a_release_works_with_bounded_roles(stage: Stage) -> None:
    outcome = deployed(stage, "release")
    live = Deployed().journal.live("shop")

    assert outcome.code == 0, outcome.output
    assert live
    assert (live.color, live.version) == (Color.GREEN, "2.0.0")


def test_a_deploy_without_one_permission_fails_and_names_it(stage: Stage) -> None:
    with lacking("logs:PutRetentionPolicy"):
        outcome = deployed(stage, "week")

    assert outcome.code
    assert f"assumed-role/{ROLE}/AWSCloudFormation is not authorized to perform: logs:PutRetentionPolicy" in " ".join(
        outcome.output.split()
    )
    assert deployed(stage, "week").code == 0


@contextmanager
def lacking(action: str) -> Iterator[None]:
    """Take one action from whichever policy of the role has it, and give it back."""
    changed = {arn: text for arn, text in documents().items() if f'"{action}"' in text}
    assert changed
    for arn, text in changed.items():
        write(arn, text.replace(f'"{action}"', '"sts:GetCallerIdentity"'))
    try:
        yield
    finally:
        for arn, text in changed.items():
            write(arn, text)


def documents() -> dict[str, str]:
    """The text of each policy of the role, by ARN."""
    iam, found = boto3.client("iam"), {}
    for each in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        arn = each["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found[arn] = json.dumps(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    return found


def write(arn: str, text: str) -> None:
    boto3.client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)


ROGUES = {
    "a role without the boundary": (
        "GreenlightRogue",
        "AWS::IAM::Role",
        {"AssumeRolePolicyDocument": TRUST},
        "iam:CreateRole",
    ),
    "a role of another name": (
        "Rogue",
        "AWS::IAM::Role",
        {"AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": BOUNDARY_ARN},
        "iam:CreateRole",
    ),
    "another's table": (
        "GreenlightRogue",
        "AWS::DynamoDB::Table",
        {**TABLE, "TableName": "customers"},
        "dynamodb:CreateTable",
    ),
    "a user": ("GreenlightRogue", "AWS::IAM::User", {}, "iam:Create"),
    "a policy in the boundary's place": (
        "GreenlightRogue",
        "AWS::IAM::ManagedPolicy",
        {"ManagedPolicyName": BOUNDARY, "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        "iam:CreatePolicy",
    ),
}


@pytest.mark.parametrize(("name", "kind", "properties", "action"), ROGUES.values(), ids=ROGUES.keys())
def test_what_is_not_greenlights_is_not_made(
    stage: Stage, name: str, kind: str, properties: dict[str, Any], action: str
) -> None:
    client = boto3.client("cloudformation")
    body = json.dumps({"Resources": {"Rogue": {"Type": kind, "Properties": properties}}})
    client.create_stack(StackName=name, TemplateBody=body, RoleARN=ROLE_ARN, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert eventually(lambda: status(name) == "ROLLBACK_COMPLETE", 20), status(name)
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    client.delete_stack(StackName=name)

    assert any(f"not authorized to perform: {action}" in each.get("ResourceStatusReason", "") for each in events)


def status(name: str) -> str:
    return str(boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def test_the_other_compute_is_deployed_too_with_the_strict_profile(tmp_path: Path) -> None:
    with Progress(Console(quiet=True)) as progress, opened(order(tmp_path, "fargate", STRICT), progress) as stage:
        assert stage.scene == "first"
