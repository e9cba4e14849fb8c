"""Who may do what: the roles of a pipeline, of its actions and of its builds, and the people who use it.

Sources: CodePipeline user guide, "How AWS CodePipeline works with IAM" and "reference-pipeline-structure" (roles of
actions); service authorization reference, AWS CodePipeline and AWS CodeConnections; Developer Tools console guide,
"Connections rename".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from greenlight.rehearsal.account import ACCOUNT, REGION
from tests.rehearsal.builds import LOGS
from tests.rehearsal.pipelines import (
    ARTIFACTS,
    BUILDS,
    CONNECTION,
    USE,
    Lab,
    approving,
    building,
    pipelines,
    source,
)

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with pipelines(tmp_path_factory) as lab:
        yield lab


def _without(action: str) -> list[Mapping[str, Any]]:
    """What a pipeline's role needs, but for one action."""
    found: list[Mapping[str, Any]] = []
    for each in (USE, ARTIFACTS, BUILDS):
        actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
        if left := [one for one in actions if one != action]:
            found.append({**each, "Action": left})
    return found


@pytest.mark.parametrize(
    ("name", "action", "fails"),
    [
        ("connects", "codeconnections:UseConnection", "Source"),
        ("keeps", "s3:PutObject", "Source"),
        ("starts", "codebuild:StartBuild", "Build"),
        ("follows", "codebuild:BatchGetBuilds", "Build"),
    ],
)
def test_an_action_fails_without_a_right_of_its_role(lab: Lab, name: str, action: str, fails: str) -> None:
    lab.push(f"acme/{name}", code="1")
    lab.project(name, "true")
    role = lab.role(name, *_without(action))
    lab.deploy(name, [source(f"acme/{name}")], [building("Build", name)], RoleArn=role)

    assert lab.ended(name, lab.first(name)) == "Failed"
    assert action in lab.latest(name, fails)["errorDetails"]["message"]


def test_the_right_to_use_a_connection_has_the_prefix_of_its_arn(lab: Lab) -> None:
    lab.push("acme/renamed", code="1")
    lab.project("renamed", "true")
    old = {"Effect": "Allow", "Action": "codestar-connections:UseConnection", "Resource": CONNECTION}
    role = lab.role("renamed", old, ARTIFACTS, BUILDS)
    lab.deploy("renamed", [source("acme/renamed")], [building("Build", "renamed")], RoleArn=role)

    assert lab.ended("renamed", lab.first("renamed")) == "Failed"


def test_a_build_clones_with_its_own_right_to_use_the_connection(lab: Lab) -> None:
    lab.push("acme/cloning", code="1")
    lab.project("cloning", "true")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [ARTIFACTS, LOGS]})
    lab.cloud.client("iam").put_role_policy(RoleName="cloning-builds", PolicyName="own", PolicyDocument=policy)
    lab.deploy("cloning", [source("acme/cloning")], [building("Build", "cloning")])

    assert lab.ended("cloning", lab.first("cloning")) == "Failed"
    assert "codeconnections:UseConnection" in lab.latest("cloning", "Build")["errorDetails"]["message"]


def _action_role(lab: Lab, name: str, trusted: str) -> str:
    trust = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = lab.cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [BUILDS]})
    lab.cloud.client("iam").put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return str(arn)


@pytest.mark.parametrize(("name", "may_take"), [("chained", True), ("unchained", False)])
def test_an_action_with_a_role_acts_as_that_if_the_pipelines_role_may_take_it(
    lab: Lab, name: str, may_take: bool
) -> None:
    lab.push(f"acme/{name}", code="1")
    lab.project(name, "true")
    own = f"arn:aws:iam::{ACCOUNT}:role/{name}-pipeline"
    take = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/{name}-action"}
    role = lab.role(name, USE, ARTIFACTS, *([take] if may_take else []))
    started = _action_role(lab, f"{name}-action", own if may_take else f"arn:aws:iam::{ACCOUNT}:root")
    lab.deploy(name, [source(f"acme/{name}")], [building("Build", name, RoleArn=started)], RoleArn=role)

    assert lab.ended(name, lab.first(name)) == ("Succeeded" if may_take else "Failed")


def test_a_pipeline_whose_role_does_not_trust_codepipeline_is_not_made(lab: Lab) -> None:
    lab.project("untrusted", "true")
    role = lab.cloud.role("untrusted-pipeline", "lambda.amazonaws.com")

    assert (
        lab.deploy("untrusted", [source("acme/x")], [building("B", "untrusted")], RoleArn=role) == "ROLLBACK_COMPLETE"
    )
    assert "CodePipeline is not authorized to perform AssumeRole" in lab.why("untrusted")


def test_an_approval_is_a_right_on_its_action(lab: Lab) -> None:
    lab.push("acme/approver", code="1")
    lab.project("approver", "true")
    lab.deploy("approver", [source("acme/approver")], [approving()], [building("After", "approver")])
    pipeline = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:approver"
    right = ["codepipeline:PutApprovalResult"]
    named = {
        "pipelineName": "approver",
        "stageName": "B",
        "actionName": "Approve",
        "token": lab.token("approver"),
        "result": {"status": "Approved", "summary": "fine"},
    }
    stranger = lab.cloud.user("codepipeline", "stranger", right, f"{pipeline}/C/Approve")
    approver = lab.cloud.user("codepipeline", "approver", right, f"{pipeline}/B/Approve")

    with pytest.raises(stranger.exceptions.ClientError, match="AccessDenied"):
        stranger.put_approval_result(**named)
    approver.put_approval_result(**named)

    assert lab.ended("approver", lab.first("approver")) == "Succeeded"
    assert lab.latest("approver", "Approve")["lastUpdatedBy"].endswith(":user/approver")


def test_starting_a_pipeline_is_a_right_on_it(lab: Lab) -> None:
    lab.project("startable", "true")
    lab.deploy("startable", [source("acme/startable")], [building("Build", "startable")])
    right = ["codepipeline:StartPipelineExecution"]
    arn = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}"
    outsider = lab.cloud.user("codepipeline", "outsider", right, f"{arn}:other")
    starter = lab.cloud.user("codepipeline", "starter", right, f"{arn}:startable")

    with pytest.raises(outsider.exceptions.ClientError, match="AccessDenied"):
        outsider.start_pipeline_execution(name="startable")
    assert starter.start_pipeline_execution(name="startable")["pipelineExecutionId"]


def test_the_rehearsal_knows_which_rights_a_role_has_used_and_not_which_it_was_refused(lab: Lab) -> None:
    lab.push("acme/noted", code="1")
    lab.project("noted", "true")
    lab.deploy("noted", [source("acme/noted")], [building("Build", "noted")], RoleArn=lab.role("noted", USE, ARTIFACTS))

    assert lab.ended("noted", lab.first("noted")) == "Failed"
    assert lab.cloud.control("uses")["noted-pipeline"] == ["codeconnections:UseConnection", "s3:PutObject"]
