"""A connection has to be confirmed by a person before a pipeline can use it, and is used by whoever may for what.

Sources: Developer Tools console guide, "Workflow to create or update connections" (welcome-connections-workflow) and
"Using a connection" (security-iam): the condition keys of UseConnection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.rehearsal.pipelines import ARTIFACTS, BUILDS, CONNECTION, USE, Lab, building, pipelines, source

pytestmark = pytest.mark.rehearsal
OURS = {"StringEqualsIfExists": {"codeconnections:FullRepositoryId": "acme/ours"}}
NO_PUSH = {"StringNotEqualsIfExists": {"codeconnections:ProviderAction": "GitPush"}}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with pipelines(tmp_path_factory) as lab:
        yield lab


@pytest.mark.parametrize("service", ["codeconnections", "codestar-connections"])
def test_a_connection_waits_for_its_handshake(lab: Lab, service: str) -> None:
    client = lab.cloud.client(service)
    arn = client.create_connection(ConnectionName="store", ProviderType="GitHub")["ConnectionArn"]
    before = client.get_connection(ConnectionArn=arn)["Connection"]
    lab.cloud.control("connections", {"arn": arn, "status": "AVAILABLE"})

    assert arn.startswith(f"arn:aws:{service}:")
    assert (before["ConnectionName"], before["ConnectionStatus"]) == ("store", "PENDING")
    assert client.get_connection(ConnectionArn=arn)["Connection"]["ConnectionStatus"] == "AVAILABLE"


def test_a_run_fails_in_its_source_until_somebody_has_confirmed_the_connection(lab: Lab) -> None:
    made = lab.cloud.client("codeconnections").create_connection(ConnectionName="new", ProviderType="GitHub")
    arn = made["ConnectionArn"]
    lab.push("acme/pending", code="1")
    lab.project("pending", "true")
    role = lab.role("pending", {**USE, "Resource": arn}, ARTIFACTS, BUILDS)
    lab.deploy("pending", [source("acme/pending", ConnectionArn=arn)], [building("Build", "pending")], RoleArn=role)

    assert lab.ended("pending", lab.first("pending")) == "Failed"
    assert "Its status is PENDING, not AVAILABLE" in lab.latest("pending", "Source")["errorDetails"]["message"]
    assert not lab.latest("pending", "Build")

    lab.cloud.control("connections", {"arn": arn, "status": "AVAILABLE"})
    again = lab.client.start_pipeline_execution(name="pending")["pipelineExecutionId"]
    lab.ended("pending", again)

    assert lab.runs("pending", again)["Source"]["status"] == "Succeeded"


def _piped(lab: Lab, name: str, repository: str, use: Mapping[str, Any], *commands: str) -> str:
    """How the first run of a pipeline ends whose roles may use the connection so."""
    lab.push(repository, code="1")
    lab.project(name, *commands, helper="yes", use=use)
    role = lab.role(name, use, ARTIFACTS, BUILDS)
    lab.deploy(name, [source(repository)], [building("Build", name)], RoleArn=role)
    return lab.ended(name, lab.first(name))


@pytest.mark.parametrize(
    ("name", "repository", "ends"), [("own", "acme/ours", "Succeeded"), ("far", "acme/x", "Failed")]
)
def test_a_connection_can_be_given_for_one_repository_alone(lab: Lab, name: str, repository: str, ends: str) -> None:
    assert _piped(lab, name, repository, {**USE, "Condition": OURS}, "true") == ends


@pytest.mark.parametrize(("name", "condition", "ends"), [("pushes", {}, "Succeeded"), ("reads", NO_PUSH, "Failed")])
def test_a_build_pushes_only_with_the_right_to(lab: Lab, name: str, condition: dict[str, Any], ends: str) -> None:
    use = {**USE, "Condition": condition} if condition else USE
    commit = "git -c user.name=x -c user.email=x@invalid commit --quiet --allow-empty --message more"

    assert (
        _piped(lab, name, f"acme/{name}", use, "git fetch origin main", commit, "git push origin HEAD:refs/heads/more")
        == ends
    )
    assert lab.cloud.run_dir.joinpath("repositories", f"acme/{name}.git", "refs/heads/more").exists() is (
        ends == "Succeeded"
    )


def test_nobody_uses_a_connection_of_another_arn(lab: Lab) -> None:
    other = {**USE, "Resource": CONNECTION.replace("11111111", "99999999")}

    assert _piped(lab, "other", "acme/other", other, "true") == "Failed"
