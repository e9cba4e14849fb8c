"""Every right of the pipeline's roles is needed: taken away alone, it fails the action that it is for.

What the commands of Plan, Release and Record ask for is the same table as GitHub's (`delivery_rights`), and taken away
with the real commands in tests/rehearsal/test_github_release.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from greenlight.rehearsal.acts.pipeline.rights import NOT_ASKED
from tests.rehearsal.delivery_lab import IMAGES, NAME, Delivery, delivery

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

ACTIONS = {"Check": "Check", "Image": "shop", "Plan": "Plan-shop", "Release": "Release-shop", "Record": "Record"}
"""The action of each build."""
AFTER_THE_APPROVAL = ("Release-shop", "Record")
EVERY_BUILD = ("codeconnections:UseConnection", "logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject")
PUSHES = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetAuthorizationToken",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
PULL = "ecr:GetDownloadUrlForLayer"
OF_COMMANDS = {
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "dynamodb:GetItem",
    "dynamodb:Scan",
    "ecr:BatchGetImage",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetHealth",
    "sts:AssumeRole",
}
ROWS = [
    ("DeliveryRole", "sts:AssumeRole", "Source"),
    ("DeliverySourceRole", "codeconnections:UseConnection", "Source"),
    ("DeliverySourceRole", "s3:PutObject", "Source"),
    ("DeliveryApproveRole", "sns:Publish", "Approve"),
    *[
        (f"Delivery{build}Starter", action, where)
        for build, where in ACTIONS.items()
        for action in ("codebuild:StartBuild", "codebuild:BatchGetBuilds")
    ],
    *[(f"Delivery{build}Role", action, where) for build, where in ACTIONS.items() for action in EVERY_BUILD],
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    with delivery(tmp_path_factory) as lab:
        assert lab.approved(lab.first(NAME)) == "Succeeded"
        yield lab


@pytest.mark.parametrize(("role", "action", "fails"), ROWS)
def test_a_run_fails_where_a_role_lacks_what_it_needs(lab: Delivery, role: str, action: str, fails: str) -> None:
    with lab.roles.lacking(role, action):
        execution = lab.client.start_pipeline_execution(name=NAME)["pipelineExecutionId"]

        ended = lab.approved if fails in AFTER_THE_APPROVAL else partial(lab.ended, NAME)
        assert ended(execution) == "Failed"
    assert lab.failed(execution) == [fails]


@pytest.mark.parametrize("action", PUSHES)
def test_an_image_is_not_pushed_where_its_role_lacks_what_docker_needs(lab: Delivery, action: str) -> None:
    with lab.roles.lacking("DeliveryImageRole", action):
        execution = lab.deliver(f"4.0.{PUSHES.index(action)}", engine="")

        assert lab.ended(NAME, execution) == "Failed"
    assert lab.failed(execution) == ["shop"]


def test_with_all_of_it_an_image_is_pushed(lab: Delivery) -> None:
    assert lab.approved(lab.deliver("4.1.0", engine="")) == "Succeeded"

    tags = lab.cloud.client("ecr").describe_images(repositoryName=IMAGES)["imageDetails"][0]["imageTags"]
    assert "4.1.0" in tags


def test_a_version_that_is_there_already_is_not_taken_without_the_right_to_pull_it(lab: Delivery) -> None:
    with lab.roles.lacking("DeliveryImageRole", PULL):
        execution = lab.deliver("4.1.0", note="another commit, the same source")

        assert lab.approved(execution) == "Failed"
    assert lab.failed(execution) == ["shop"]


def test_no_right_is_granted_that_is_not_taken_away_somewhere(lab: Delivery) -> None:
    taken = {*((role, action) for role, action, _ in ROWS), *(("DeliveryImageRole", each) for each in (*PUSHES, PULL))}
    commands = {f"Delivery{build}Role" for build in ("Plan", "Release", "Record")}
    left = [
        f"{role} {action}"
        for role, grants in lab.roles.granted().items()
        for action in sorted(grants.actions)
        if (role, action) not in taken and not (role in commands and action in OF_COMMANDS)
    ]

    assert [each for each in left if each not in NOT_ASKED and each.split()[1] not in NOT_ASKED] == []
