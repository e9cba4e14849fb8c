"""Projects of CodeBuild in a local cloud, and what became of their builds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.rehearsal.local_cloud import LocalCloud, eventually

LOGS = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "*",
}
SERVICE = "codebuild.amazonaws.com"


@dataclass(frozen=True)
class Project:
    """A project that was made for a test."""

    cloud: LocalCloud
    name: str

    def build(self, **request: Any) -> dict[str, Any]:
        """Start a build and return how it ended."""
        client = self.cloud.client("codebuild")
        return self.ended(client.start_build(projectName=self.name, **request)["build"]["id"])

    def ended(self, build: str) -> dict[str, Any]:
        """Wait for a build and return how it ended."""
        client = self.cloud.client("codebuild")

        def look() -> dict[str, Any] | None:
            (found,) = client.batch_get_builds(ids=[build])["builds"]
            return found if found["buildComplete"] else None

        return dict(eventually(look, 30))

    def log(self, number: int = 1) -> str:
        """What a build printed, without the lines of CodeBuild's own."""
        lines = (self.cloud.run_dir / "logs" / f"build-{self.name}-{number}.log").read_text().splitlines()
        return "\n".join(line for line in lines if not line.startswith("[Container]"))


def project(
    cloud: LocalCloud, name: str, spec: Mapping[str, Any], *statements: Mapping[str, Any], **more: Any
) -> Project:
    """Make a project with a role of its own, which may write logs and what the statements say."""
    role = more.pop("role", None) or cloud.role(f"{name}-builds", SERVICE, LOGS, *statements)
    environment = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0"}
    cloud.client("codebuild").create_project(
        name=name,
        source={"type": "NO_SOURCE", "buildspec": json.dumps({"version": "0.2", **spec})},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={**environment, "computeType": "BUILD_GENERAL1_SMALL", **more.pop("environment", {})},
        serviceRole=role,
        **more,
    )
    return Project(cloud, name)


def phases(**commands: list[str]) -> dict[str, Any]:
    """The phases of a build specification by their commands."""
    return {"phases": {name: {"commands": each} for name, each in commands.items()}}


def statuses(build: Mapping[str, Any]) -> dict[str, str]:
    """How each phase of the specification ended."""
    names = ("INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD")
    return {each["phaseType"]: each["phaseStatus"] for each in build["phases"] if each["phaseType"] in names}
