"""Secrets of tasks in the local cloud: ECS reads them with the execution role, or starts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.compute_cloud import REGISTRY, ComputeCloud, compute_cloud, eventually
from tests.rehearsal.test_log_drivers import role

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

READ = "secretsmanager:GetSecretValue"
NOT_STARTED = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        cloud.push("v1")
        cloud.client("ecs").create_cluster(clusterName="c")
        yield cloud


@pytest.fixture(scope="module")
def secret(cloud: ComputeCloud) -> str:
    return str(cloud.client("secretsmanager").create_secret(Name="sessions", SecretString="kept")["ARN"])


def task(cloud: ComputeCloud, name: str, secret: str, *actions: str) -> dict[str, Any]:
    """A task on Fargate whose container is to be told a secret, once it runs or has stopped."""
    ecs = cloud.client("ecs")
    ecs.register_task_definition(
        family=name,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=role(cloud, name, "ecs-tasks.amazonaws.com", *actions),
        containerDefinitions=[
            {
                "name": "app",
                "image": f"{REGISTRY}/greenlight/shop:v1",
                "environment": [{"name": "VERSION", "value": "v1"}],
                "secrets": [{"name": "SESSION_SECRETS", "valueFrom": secret}],
            }
        ],
    )
    subnet = cloud.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    started = ecs.run_task(cluster="c", taskDefinition=name, launchType="FARGATE", networkConfiguration=network)
    found: dict[str, Any] = {}

    def settled() -> bool:
        found.update(ecs.describe_tasks(cluster="c", tasks=[started["tasks"][0]["taskArn"]])["tasks"][0])
        return found["lastStatus"] in ("RUNNING", "STOPPED")

    eventually(settled)
    return found


def test_a_task_whose_role_may_read_its_secret_runs(cloud: ComputeCloud, secret: str) -> None:
    assert task(cloud, "reads", secret, READ)["lastStatus"] == "RUNNING"


def test_a_task_whose_role_may_not_read_its_secret_does_not_start(cloud: ComputeCloud, secret: str) -> None:
    """ECS guide, "Resolve Amazon ECS ResourceInitializationError errors"."""
    found = task(cloud, "denied", secret)

    assert found["lastStatus"] == "STOPPED"
    assert found["stoppedReason"].startswith(
        f"{NOT_STARTED}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch"
        f" secret {secret} from secrets manager: AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/"
    )


def test_a_task_whose_secret_is_not_there_does_not_start(cloud: ComputeCloud, secret: str) -> None:
    found = task(cloud, "missing", secret.replace("sessions", "gone"), READ)

    assert found["lastStatus"] == "STOPPED"
    assert found["stoppedReason"].startswith(NOT_STARTED)
