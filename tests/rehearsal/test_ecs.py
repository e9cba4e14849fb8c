"""ECS services: tasks are processes with addresses of their own, and a deployment replaces them without a gap."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.runner.images import ARM64, push_image
from tests.rehearsal.compute_cloud import REGISTRY, REPOSITORY, ComputeCloud, compute_cloud, eventually, offered
from tests.rehearsal.template_pieces import open_network

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

PULL = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
)
GROUP_ARN = {"Ref": "Group"}


def role(*actions: str, service: str = "ecs-tasks.amazonaws.com") -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
    properties = {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": [policy]}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def stack(
    version: str, tasks: int = 1, *, execution: tuple[str, ...] = PULL, public: str = "ENABLED"
) -> dict[str, Any]:
    """One service of the shop, in a subnet and a target group of its own."""
    container = {
        "Name": "app",
        "Image": f"{REGISTRY}/greenlight/shop:{version}",
        "Environment": [{"Name": "VERSION", "Value": version}, {"Name": "PORT", "Value": "3000"}],
        "PortMappings": [{"ContainerPort": 3000}],
        "StopTimeout": 5,
    }
    types = {
        "Subnet2": (
            "EC2::Subnet",
            {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.20.8.0/24", "AvailabilityZone": "us-east-1b"},
        ),
        "Balancer": ("ElasticLoadBalancingV2::LoadBalancer", {"Subnets": [{"Ref": "Subnet"}, {"Ref": "Subnet2"}]}),
        "Listener": (
            "ElasticLoadBalancingV2::Listener",
            {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP_ARN}],
            },
        ),
        "Cluster": ("ECS::Cluster", {}),
        "Group": (
            "ElasticLoadBalancingV2::TargetGroup",
            {"Port": 3000, "Protocol": "HTTP", "TargetType": "ip", "VpcId": {"Ref": "Vpc"}},
        ),
        "Definition": (
            "ECS::TaskDefinition",
            {
                "NetworkMode": "awsvpc",
                "RequiresCompatibilities": ["FARGATE"],
                "Cpu": "256",
                "Memory": "512",
                "TaskRoleArn": {"Fn::GetAtt": ["TaskRole", "Arn"]},
                "ExecutionRoleArn": {"Fn::GetAtt": ["ExecutionRole", "Arn"]},
                "ContainerDefinitions": [container],
            },
        ),
        "Service": (
            "ECS::Service",
            {
                "Cluster": {"Ref": "Cluster"},
                "LaunchType": "FARGATE",
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": tasks,
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}], "AssignPublicIp": public}
                },
                "LoadBalancers": [{"ContainerName": "app", "ContainerPort": 3000, "TargetGroupArn": GROUP_ARN}],
                "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
            },
        ),
    }
    resources = {name: {"Type": f"AWS::{kind}", "Properties": value} for name, (kind, value) in types.items()}
    resources["Service"]["DependsOn"] = ["Listener", "Way", "Use"]
    return {
        **open_network("10.20.7.0/24"),
        **resources,
        "TaskRole": role("dynamodb:GetItem"),
        "ExecutionRole": role(*execution),
    }


class Service:
    """A deployed service, and what it looks like from outside."""

    def __init__(self, cloud: ComputeCloud, name: str) -> None:
        self.cloud = cloud
        self.name = name
        self.group = ""

    def deploy(self, version: str, tasks: int = 1) -> Service:
        self.group = self.cloud.deploy(self.name, stack(version, tasks), Group=GROUP_ARN)["Group"]
        return self

    def targets(self) -> set[str]:
        found = self.cloud.client("elbv2").describe_target_health(TargetGroupArn=self.group)
        return {each["Target"]["Id"] for each in found["TargetHealthDescriptions"]}

    def containers(self) -> list[dict[str, Any]]:
        running = [each for each in self.cloud.control("containers") if each["name"].startswith(f"{self.name}-")]
        return [each for each in running if each["state"] == "running"]

    def versions(self) -> list[str]:
        return sorted(each["version"] for each in self.containers())

    def environment(self) -> dict[str, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.containers()[0]['port']}/", timeout=5) as answer:
            found: dict[str, str] = json.load(answer)
            return found


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        cloud.push("v1", "v2", "crashes")
        push_image(cloud.client("ecr"), REPOSITORY, "for-arm", ARM64)
        yield cloud


def test_a_service_is_deployed_when_its_tasks_run(cloud: ComputeCloud) -> None:
    service = Service(cloud, "Two").deploy("v1", tasks=2)

    assert service.versions() == ["v1", "v1"]
    assert len(service.targets()) == 2
    assert {each.rpartition(".")[0] for each in service.targets()} == {"10.20.7"}


def test_a_task_has_its_definitions_environment_and_its_roles_credentials(cloud: ComputeCloud) -> None:
    service = Service(cloud, "Env").deploy("v1")
    seen: dict[str, str] = {}

    def answers() -> bool:
        try:
            seen.update(service.environment())
        except OSError:
            return False
        return True

    eventually(answers)
    caller = cloud.client("sts", **offered(seen)).get_caller_identity()["Arn"]
    assert (seen["VERSION"], ":assumed-role/Env-TaskRole" in caller) == ("v1", True)


def test_a_new_version_replaces_the_old_one_which_serves_until_then(cloud: ComputeCloud) -> None:
    service = Service(cloud, "Update").deploy("v1")
    before = service.targets()
    service.deploy("v2")

    eventually(lambda: service.versions() == ["v2"])
    assert service.targets().isdisjoint(before)


def test_a_service_follows_its_desired_count(cloud: ComputeCloud) -> None:
    service = Service(cloud, "Count").deploy("v1", tasks=1)
    counts = []
    for tasks in (3, 0):
        service.deploy("v1", tasks)
        counts.append(len(service.targets()))

    assert counts == [3, 0]
    eventually(lambda: service.containers() == [])


def test_a_dead_task_is_replaced(cloud: ComputeCloud) -> None:
    service = Service(cloud, "Dead").deploy("v1")
    before, first = service.targets(), service.containers()[0]["pid"]
    os.kill(first, signal.SIGKILL)

    eventually(lambda: any(each["pid"] != first for each in service.containers()))
    eventually(lambda: len(service.targets()) == 1 and service.targets() != before)


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("crashes", ""),
        ("never-pushed", "manifest unknown"),
        ("for-arm", "does not contain descriptor matching platform 'linux/amd64'"),
    ],
)
def test_a_version_that_cannot_run_fails_the_deployment_and_changes_nothing(
    cloud: ComputeCloud, version: str, reason: str
) -> None:
    """AWS: AmazonECS/latest/developerguide/task_cannot_pull_image.html, deployment-circuit-breaker.html."""
    service = Service(cloud, f"Bad{version[:5]}").deploy("v1")
    before, first = service.targets(), service.containers()[0]["pid"]

    with pytest.raises(AssertionError, match=f"Circuit Breaker.*{reason}"):
        service.deploy(version)

    assert (service.targets(), service.containers()[0]["pid"]) == (before, first)


def test_an_execution_role_that_may_not_pull_fails_the_deployment(cloud: ComputeCloud) -> None:
    with pytest.raises(AssertionError, match=r"pull access denied.*ecr:BatchGetImage"):
        cloud.deploy("NoPull", stack("v1", execution=("ecr:GetAuthorizationToken",)))


@pytest.mark.parametrize("name", ["TaskRole", "ExecutionRole"])
def test_a_role_that_does_not_trust_ecs_fails_the_deployment(cloud: ComputeCloud, name: str) -> None:
    """ECS guide, "Task IAM role": ECS answers that it was unable to assume the role."""
    resources = stack("v1")
    resources[name] = role(*PULL, service="ecs.amazonaws.com")

    with pytest.raises(AssertionError, match=f"ECS was unable to assume the role '[^']*{name}"):
        cloud.deploy(f"No{name}", resources)


def test_a_task_without_a_way_to_the_registry_fails_the_deployment(cloud: ComputeCloud) -> None:
    """AWS: AmazonECS/latest/developerguide/resource-initialization-error.html."""
    with pytest.raises(AssertionError, match="There is a connection issue between the task and Amazon ECR"):
        cloud.deploy("Closed", stack("v1", public="DISABLED"))


def test_a_deleted_service_leaves_no_process(cloud: ComputeCloud) -> None:
    service = Service(cloud, "Gone").deploy("v1", tasks=2)
    pids = [each["pid"] for each in service.containers()]
    cloud.delete("Gone")

    eventually(lambda: service.containers() == [])
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
