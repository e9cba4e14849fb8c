"""GitHub's roles at their work, in a rehearsal where IAM decides: each permission is needed, and no other one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from rich.console import Console
from traffic_switch.contract import Color

from greenlight import cdk
from greenlight.cli import commands
from greenlight.deployed import Deployed
from greenlight.rehearsal.acts.flags import RELEASE
from greenlight.rehearsal.acts.performance import ours
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.stage import CommandOutcome, Stage
from greenlight.rehearsal.versions import Cast
from tests.rehearsal.people import CREDENTIALS, being
from tests.rehearsal.test_github_access import ISSUER, token

pytestmark = [pytest.mark.rehearsal, pytest.mark.long, pytest.mark.timeout(600)]
BOTH = ["linux/amd64", "linux/arm64"]
SUBJECTS = {"Plan": "pull_request", "Release": "environment:production"}


class Jobs:
    """The rehearsal, and the jobs that are played in it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName="GreenlightGithub")["Stacks"]
        self.roles = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def session(self, duty: str) -> Mapping[str, str]:
        """A role's credentials, for the token of a job that it is for."""
        subject = f"repo:octocat/shop:{SUBJECTS[duty]}"
        claims = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": subject, "ref": "refs/heads/main"}
        sts = boto3.client("sts")
        sts.meta.events.register_first("choose-signer.sts.AssumeRoleWithWebIdentity", lambda **_: "v4")
        arn = self.roles[f"{duty}RoleArn"]
        given = sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="job", WebIdentityToken=token(claims))
        found = given["Credentials"]
        return dict(
            zip(CREDENTIALS, (found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]), strict=True)
        )

    @contextmanager
    def without(self, duty: str, action: str, resource: str = "*") -> Iterator[None]:
        """Take one permission from a role for as long as the block lasts."""
        name = self.roles[f"{duty}RoleArn"].rpartition("/")[2]
        statement = {"Effect": "Deny", "Action": action, "Resource": resource}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam = boto3.client("iam")
        iam.put_role_policy(RoleName=name, PolicyName="taken", PolicyDocument=document)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=name, PolicyName="taken")

    def plans(self) -> bool:
        """Whether a plan can say what a release would do."""
        with being(self.session("Plan")):
            return "Go on?" in CliRunner().invoke(commands, ["release", "2.0.0"], input="n\n").output

    def runs(self, duty: str, command: list[str]) -> CommandOutcome:
        environment = {**self.stage.environment, **self.session(duty)}
        return replace(self.stage, environment=environment).run(command, "release", lambda: None)

    def releases(self, duty: str) -> CommandOutcome:
        self.stage.await_assembly("release")
        folder = self.stage.place.assembly("release")
        return self.runs(duty, ours("release", "2.0.0", "--yes", "--app", str(folder)))


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    order = Order(
        compute="fargate",
        acts=[],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        place=Place(tmp_path_factory.mktemp("rehearsal")),
        config=ConfigFile(Path("github.json"), {"github_repository": "octocat/shop", "build_platforms": BOTH}),
        more_flags={"release": RELEASE},
    )
    with (
        Progress(Console(quiet=True)) as progress,
        opened(order, progress) as stage,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.chdir(stage.place.project.folder)
        yield Jobs(stage)


def test_a_plan_says_what_a_release_would_do(jobs: Jobs) -> None:
    assert jobs.plans()


@pytest.mark.parametrize(
    "action",
    [
        "cloudformation:DescribeStacks",
        "cloudformation:GetTemplate",
        "dynamodb:GetItem",
        "ecr:BatchGetImage",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetHealth",
    ],
)
def test_a_plan_misses_each_of_its_permissions(jobs: Jobs, action: str) -> None:
    with jobs.without("Plan", action):
        assert not jobs.plans()


def test_a_plan_shows_the_differences_with_its_own_credentials(jobs: Jobs) -> None:
    jobs.stage.await_assembly("release")
    app = ["--app", str(jobs.stage.place.assembly("release"))]
    shown = jobs.runs("Plan", cdk.command("diff", "--no-change-set", *app, "--no-notices"))

    assert shown.code == 0, shown.output
    assert "2.0.0" in shown.output


def test_a_plan_cannot_release(jobs: Jobs) -> None:
    assert jobs.releases("Plan").code
    assert live() == (Color.BLUE, "1.0.0")


@pytest.mark.parametrize("role", ["deploy", "file-publishing"])
def test_a_release_misses_each_of_the_bootstraps_roles(jobs: Jobs, role: str) -> None:
    with jobs.without("Release", "sts:AssumeRole", f"arn:aws:iam::*:role/cdk-hnb659fds-{role}-role-*"):
        assert jobs.releases("Release").code
    assert live() == (Color.BLUE, "1.0.0")


def test_a_release_goes_live(jobs: Jobs) -> None:
    released = jobs.releases("Release")

    assert released.code == 0, released.output
    assert live() == (Color.GREEN, "2.0.0")


def test_what_is_live_is_the_index_of_both_platforms(jobs: Jobs) -> None:
    """A task runs its image for its own processor; what the journal remembers is what the version's tag names."""
    ecr = boto3.client("ecr")
    (image,) = ecr.batch_get_image(repositoryName="greenlight/shop", imageIds=[{"imageTag": "2.0.0"}])["images"]
    live = Deployed().journal.live("shop")

    children = json.loads(image["imageManifest"])["manifests"]
    assert [f"linux/{each['platform']['architecture']}" for each in children] == BOTH
    assert live is not None
    assert live.digest == image["imageId"]["imageDigest"]


def test_what_is_live_is_recorded_with_the_role_of_a_plan(jobs: Jobs) -> None:
    with jobs.without("Plan", "dynamodb:Scan"):
        assert jobs.runs("Plan", ours("record")).code

    assert jobs.runs("Plan", ours("record")).code == 0


def live() -> Any:
    found = Deployed().journal.live("shop")
    return (found.color, found.version) if found else None
