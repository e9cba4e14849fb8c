"""The jobs that build, played in a clone against the local cloud, with GitHub's role and ECR's own calls.

What stands in for Docker and the AWS CLI is what the rehearsed pipeline has
(greenlight/rehearsal/acts/pipeline/brought).
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aws_cdk import App

from greenlight.project import CHECKOUT
from greenlight.rehearsal.account import REGION
from stacks.data import DataStack
from stacks.github_access import GithubAccessStack
from stacks.registry import RegistryStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.real_stacks import RealStacks
from tests.rehearsal.test_github_access import Town
from tests.unit.test_delivery_scripts import git
from tests.unit.workflows import Player

SOURCES = (".", "constructs", "lambda")
STACKS = ("GreenlightData", "GreenlightRegistry", "GreenlightGithub")
PROGRAMS = {
    "greenlight": "-m greenlight",
    "docker": "-m greenlight.rehearsal.acts.pipeline.brought.docker_cli",
    "aws": "-m greenlight.rehearsal.acts.pipeline.brought.aws_cli",
}
NAMES = {
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
}
PUSHED = "ref:refs/heads/main"
BOTH = ["linux/amd64", "linux/arm64"]


class Runners:
    """A repository that delivers, and the jobs of its commits."""

    def __init__(self, cloud: LocalCloud, folder: Path, settings: Mapping[str, Any]) -> None:
        self.cloud, self.folder = cloud, folder
        (stack,) = cloud.client("cloudformation").describe_stacks(StackName="GreenlightGithub")["Stacks"]
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        self._settings = dict(settings)
        self._runs = itertools.count(7)
        _found(folder)

    def commit(self, version: str) -> Player:
        """Commit a version of the shop; return who plays the jobs of that commit."""
        services = {"shop": {"source": "services/shop", "blue_version": "1.0.0", "green_version": "1.0.0"}}
        context = {**self._settings, "services": services}
        (self.folder / "cdk.json").write_text(json.dumps({"app": "true", "context": context}))
        (self.folder / "services" / "shop" / "VERSION").write_text(f"{version}\n")
        git(self.folder, "add", ".")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", version)
        return Player(self.folder, {**self.environment(), "GITHUB_RUN_ID": str(next(self._runs))}, {})

    def delivers(self, version: str) -> Mapping[str, str]:
        """Play all that makes a version's image; return what the last job hands on."""
        player = self.commit(version)
        for job in ("services", "image", "join"):
            for ended in player.play_all("release", job):
                assert ended.returncode == 0, f"{job}: {ended.stdout}{ended.stderr}"
        return player.handed

    @property
    def role(self) -> str:
        """The name of the role that pushes."""
        return str(self.outputs["PushRoleArn"].rpartition("/")[2])

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Take one permission from the role that pushes for as long as the block lasts."""
        denied = {"Effect": "Deny", "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
        iam = self.cloud.client("iam")
        iam.put_role_policy(RoleName=self.role, PolicyName="taken", PolicyDocument=document)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=self.role, PolicyName="taken")

    def client(self, service: str, duty: str = "Push", context: str = PUSHED) -> Any:
        """A client of a job."""
        return self._town.client(service, duty, context)

    @property
    def _town(self) -> Town:
        return Town(self.cloud, "octocat/shop", self.outputs)

    def environment(self) -> Mapping[str, str]:
        """The environment of a job that pushes."""
        given = self._town.take("Push", f"repo:octocat/shop:{PUSHED}")
        keys = {NAMES[name]: value for name, value in given.items()}
        where = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": self.cloud.endpoint}
        path = f"{self.folder / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        return {**keys, **where, "PATH": path, "HOME": str(self.folder.parent)}


def build(app: App, settings: Settings) -> None:
    """The stacks that jobs which push need."""
    data = DataStack(app, "GreenlightData", settings=settings)
    RegistryStack(app, "GreenlightRegistry", settings=settings)
    GithubAccessStack(app, "GreenlightGithub", settings=settings, data=data)


@contextmanager
def runners(folder: Path, **settings: Any) -> Iterator[Runners]:
    """Deploy them in a local cloud where IAM decides."""
    (folder / "cloud").mkdir()
    with started(folder / "cloud", "iam", "ecr", "cloudformation") as cloud:
        stacks = RealStacks(cloud, build)
        asked = {"github_repository": "octocat/shop", **settings}
        for name in STACKS:
            assert stacks.deploy(name, **asked) == "CREATE_COMPLETE", stacks.reasons(name)
        yield Runners(cloud, folder / "clone", asked)


def _found(folder: Path) -> None:
    programs, path = folder / ".venv" / "bin", ":".join(str(CHECKOUT / each) for each in SOURCES)
    programs.mkdir(parents=True)
    for name, does in PROGRAMS.items():
        (programs / name).write_text(f'#!/bin/sh\nPYTHONPATH={path} exec {sys.executable} {does} "$@"\n')
        (programs / name).chmod(0o755)
    shutil.copytree(CHECKOUT / "delivery", folder / "delivery")
    (folder / "services" / "shop").mkdir(parents=True)
    (folder / "services" / "shop" / "Dockerfile").write_text("FROM scratch\n")
    (folder / ".gitignore").write_text("build/\n.venv/\n")
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "Begin")):
        git(folder, *words)
    git(folder, "remote", "add", "origin", str(folder))
