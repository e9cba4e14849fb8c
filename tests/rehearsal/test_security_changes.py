"""The real CDK CLI stops before it widens permissions, and says so in the words that are looked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlight import cdk
from greenlight.deployment import Deployment
from greenlight.processes.owner import Processes
from greenlight.rehearsal.account import REGION
from greenlight.security_changes import security_changes
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

STACK = "GreenlightSwitch"
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation") as cloud:
        yield cloud


def assembly(folder: Path, *actions: str, description: str = "") -> Path:
    """A stack with a role that may do these things."""
    folder.mkdir()
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    role = {
        "AssumeRolePolicyDocument": TRUST,
        "RoleName": "role",
        "Policies": [policy],
        "Description": description,
    }
    (folder / "t.json").write_text(json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}}))
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "t.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": {STACK: stack}}))
    return folder


def deployed(cloud: LocalCloud, folder: Path, *, may_widen: bool) -> tuple[int, str]:
    environment = cdk.environment(
        {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": cloud.keys.access_key,
            "AWS_SECRET_ACCESS_KEY": cloud.keys.secret_key,
        }
    )
    command = cdk.deploy([], assembly=folder, may_widen=may_widen)
    with Processes() as processes, Deployment(command, environment, folder, folder / "log", processes) as deployment:
        return deployment.follow(lambda: None, lambda _: None), deployment.output


def test_a_widened_role_is_shown_and_left_alone_until_it_is_allowed(cloud: LocalCloud, tmp_path: Path) -> None:
    assert deployed(cloud, assembly(tmp_path / "narrow", "s3:GetObject"), may_widen=True)[0] == 0
    wide = assembly(tmp_path / "wide", "s3:GetObject", "s3:PutObject")

    code, output = deployed(cloud, wide, may_widen=False)

    assert code == 1
    assert "s3:PutObject" in security_changes(output)[STACK]
    assert allowed(cloud) == ["s3:GetObject"]
    assert deployed(cloud, wide, may_widen=True)[0] == 0
    assert allowed(cloud) == ["s3:GetObject", "s3:PutObject"]
    described = assembly(tmp_path / "described", "s3:GetObject", "s3:PutObject", description="no permission changed")
    assert deployed(cloud, described, may_widen=False)[0] == 0


def allowed(cloud: LocalCloud) -> list[str]:
    """What the role may do now."""
    policy = cloud.client("iam").get_role_policy(RoleName="role", PolicyName="own")["PolicyDocument"]
    return list(policy["Statement"][0]["Action"])
