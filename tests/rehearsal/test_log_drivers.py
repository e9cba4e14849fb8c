"""The awslogs driver in the local cloud: what cannot be opened starts no container."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.account import REGION
from tests.rehearsal.compute_cloud import REGISTRY, ComputeCloud, compute_cloud, eventually

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

GROUP = "app"
IMAGE = f"{REGISTRY}/greenlight/shop:v1"
OPEN, WRITE = "logs:CreateLogStream", "logs:PutLogEvents"
NOT_OPENED = (
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to"
    " create Cloudwatch log "
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        cloud.push("v1")
        cloud.client("logs").create_log_group(logGroupName=GROUP)
        cloud.client("ecs").create_cluster(clusterName="c")
        yield cloud


def role(cloud: ComputeCloud, name: str, service: str, *actions: str) -> str:
    """A role that may pull, do these things, and nothing else."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": ["ecr:*", *actions], "Resource": "*"}
    iam = cloud.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"]["Arn"]
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
    return str(arn)


def task(cloud: ComputeCloud, name: str, *actions: str, **options: str) -> dict[str, Any]:
    """A task on Fargate whose container logs with these options, once it runs or has stopped."""
    logged = {"awslogs-group": GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": "s", **options}
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
                "image": IMAGE,
                "environment": [{"name": "VERSION", "value": "v1"}],
                "logConfiguration": {"logDriver": "awslogs", "options": logged},
            }
        ],
    )
    subnet = cloud.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    started = ecs.run_task(cluster="c", taskDefinition=name, launchType="FARGATE", networkConfiguration=network)
    arn = started["tasks"][0]["taskArn"]
    found: dict[str, Any] = {}

    def settled() -> bool:
        found.update(ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"][0])
        return found["lastStatus"] in ("RUNNING", "STOPPED")

    eventually(settled)
    return found


def lost(cloud: ComputeCloud, words: str) -> list[str]:
    return [each for each in cloud.control("silences")["lost"] if words in each]


def test_a_task_whose_role_may_log_runs(cloud: ComputeCloud) -> None:
    """ECS guide, "Send Amazon ECS logs to CloudWatch": CreateLogStream and PutLogEvents, for the execution role."""
    before = time.time()
    found = task(cloud, "logs", OPEN, WRITE)

    assert found["lastStatus"] == "RUNNING"
    assert lost(cloud, "the task logs") == []
    name = f"s/app/{found['taskArn'].rpartition('/')[2]}"
    (stream,) = cloud.client("logs").describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=name)["logStreams"]
    assert before - 1 <= stream["creationTime"] / 1000 <= time.time()


@pytest.mark.parametrize(
    ("name", "actions", "options", "reason"),
    [
        (
            "no-right",
            (WRITE,),
            {},
            "stream: AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/",
        ),
        (
            "no-group",
            (OPEN, WRITE),
            {"awslogs-group": "x"},
            "stream: ResourceNotFoundException: ",
        ),
        (
            "no-creation",
            (OPEN, WRITE),
            {"awslogs-group": "x", "awslogs-create-group": "true"},
            "group: AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/",
        ),
    ],
    ids=["no-right", "no-group", "no-creation"],
)
def test_a_task_whose_log_cannot_be_opened_does_not_start(
    cloud: ComputeCloud, name: str, actions: tuple[str, ...], options: dict[str, str], reason: str
) -> None:
    """ECS guide, "Amazon ECS stopped tasks error messages"; terraform-aws-modules/terraform-aws-ecs, issue 313."""
    found = task(cloud, name, *actions, **options)

    assert found["lastStatus"] == "STOPPED"
    assert found["stoppedReason"].startswith(NOT_OPENED + reason)
    assert found["stoppedReason"].endswith(" : exit status 1")


def test_a_group_is_created_where_that_is_asked_for_and_allowed(cloud: ComputeCloud) -> None:
    """ECS guide: `awslogs-create-group` needs logs:CreateLogGroup."""
    options = {"awslogs-group": "new", "awslogs-create-group": "true"}

    assert task(cloud, "creates", "logs:CreateLogGroup", OPEN, WRITE, **options)["lastStatus"] == "RUNNING"


def test_a_task_that_may_open_its_log_and_not_write_it_runs_without_one(cloud: ComputeCloud) -> None:
    """The driver only opens the stream before the start: what is refused later is lost."""
    assert task(cloud, "mute", OPEN)["lastStatus"] == "RUNNING"

    (said,) = lost(cloud, "the task mute")
    assert "logs:PutLogEvents" in said


@pytest.mark.parametrize(("name", "mode", "runs"), [("blocks", "blocking", 0), ("tries", "non-blocking", 1)])
def test_a_container_on_a_host_without_the_right_to_log(cloud: ComputeCloud, name: str, mode: str, runs: int) -> None:
    """Docker's guide, "Amazon CloudWatch Logs logging driver": only the mode non-blocking starts without a stream."""
    role(cloud, name, "ec2.amazonaws.com", WRITE)
    iam = cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    log = f"--log-driver awslogs --log-opt awslogs-group={GROUP} --log-opt awslogs-stream=s --log-opt mode={mode}"
    install = "dnf install -y docker && systemctl enable --now docker"
    script = (
        f"#!/bin/bash\n{install}\ndocker run --detach --name app {log} --env VERSION=v1 {IMAGE} 2> said\ntouch done\n"
    )
    launched = cloud.client("ec2").run_instances(
        ImageId="ami-0c2023a1b2c3d4e5f",
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": name},
        UserData=script,
    )
    instance = launched["Instances"][0]["InstanceId"]
    home = cloud.run_dir / "hosts" / instance
    eventually((home / "done").exists)

    containers = [each for each in cloud.control("containers") if each["host"] == instance]
    refused = "failed to create Cloudwatch log stream: AccessDeniedException: User: arn:aws:sts::"
    assert len(containers) == runs
    assert (f"daemon: failed to initialize logging driver: {refused}" in (home / "said").read_text()) == (not runs)
    assert len(lost(cloud, instance)) == runs
