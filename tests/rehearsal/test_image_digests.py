"""Both computes in a local cloud with IAM: upgraded to digests, released, and with tags and images taken away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aws_cdk import App
from traffic_switch.contract import GUARD_RESOURCE_TYPE, Color

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.cloud.elbv2.check_scale import CHECK_SCALE_VARIABLE
from greenlight.rehearsal.runner.images import manifest_of, push_image
from stacks.data import DataStack
from stacks.ec2_host import Ec2HostStack
from stacks.edge import EdgeStack
from stacks.fargate import FargateStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import eventually, started
from tests.rehearsal.real_stacks import RealStacks

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

REPOSITORY = "greenlight/shop"
COMPUTE = {"ec2": "GreenlightEc2Host", "fargate": "GreenlightFargate"}
QUICK = {"health_interval_seconds": 5, "health_timeout_seconds": 2, "deregistration_delay_seconds": 0}
VERSIONS = ("1.0.0", "2.0.0", "3.0.0", "4.0.0")
PROFILE = "greenlight_images"
PROFILE_ARN = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/{PROFILE}"


class System:
    """One compute, whose stacks were deployed by a Greenlight that named images by their tags."""

    def __init__(self, stacks: RealStacks, compute: str) -> None:
        self._stacks = stacks
        self.compute = compute
        self._deployed = ("", "")
        self._ecr = stacks.cloud.client("ecr")
        stacks.upload_code()
        for name in ("Network", "Registry", "Data", "Edge"):
            assert self.deploy(f"Greenlight{name}").endswith("_COMPLETE")
        self.digests = {version: push_image(self._ecr, REPOSITORY, version) for version in VERSIONS}
        assert self.deploy(change=by_tags) == "CREATE_COMPLETE", stacks.reasons(COMPUTE[compute])

    def deploy(self, stack: str = "", change: Any = None, **settings: Any) -> str:
        return self._stacks.deploy(
            stack or COMPUTE[self.compute], change, compute=self.compute, **{**QUICK, **settings}
        )

    def declares(self, blue: str, green: str, **settings: Any) -> str:
        """Deploy the compute's stack with these versions, and return the status that it ends in."""
        versions = {"blue_version": blue, "green_version": green}
        status = self.deploy(services={"shop": versions}, **settings)
        if status == "UPDATE_COMPLETE":
            self._deployed = (blue, green)
        return status

    def is_at(self, blue: str, green: str) -> None:
        """Deploy these versions, unless they were deployed last."""
        if self._deployed != (blue, green):
            assert self.declares(blue, green) == "UPDATE_COMPLETE", self.reasons

    @property
    def containers(self) -> dict[str, Any]:
        """Where each container answers: a new one does elsewhere."""
        return dict(self._stacks.cloud.control("routes"))

    @property
    def reasons(self) -> str:
        return " / ".join(self._stacks.reasons(COMPUTE[self.compute]))

    @property
    def named(self) -> dict[str, str]:
        """How each color's image is named, without the registry."""
        if self.compute == "ec2":
            ssm = self._stacks.cloud.client("ssm")
            names = {color: f"/greenlight/shop/{color}" for color in ("blue", "green")}
            found = {c: ssm.get_parameter(Name=name)["Parameter"]["Value"] for c, name in names.items()}
        else:
            found = dict(self._tasks())
        return {color: image.rpartition("/")[2] for color, image in found.items()}

    def finds(self, version: str, *severities: str) -> None:
        """What the scan of a version's image finds from now on."""
        findings = [{"name": f"CVE-2026-{severity}", "severity": severity} for severity in severities]
        scan = {"digest": self.digests[version], "status": "COMPLETE", "findings": findings}
        self._stacks.cloud.control("scans", scan)

    def is_signed(self, version: str, status: str | None) -> None:
        """What ECR says of the signature of a version's image from now on."""
        planted = {"digest": self.digests[version], "profile": PROFILE_ARN, "status": status}
        self._stacks.cloud.control("signatures", planted)

    def push_again(self, version: str) -> None:
        """What whoever may delete and push does to a tag."""
        self._ecr.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": version}])
        another = manifest_of(REPOSITORY, "somebody else's")
        self._ecr.put_image(repositoryName=REPOSITORY, imageManifest=another, imageTag=version)

    @contextmanager
    def deleting(self, version: str) -> Iterator[None]:
        """Delete an image as soon as the guard has answered."""
        cloudformation, stack = self._stacks.cloud.client("cloudformation"), COMPUTE[self.compute]

        def look() -> bool:
            resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
            (guard,) = (each for each in resources if each["ResourceType"] == GUARD_RESOURCE_TYPE)
            return bool(guard["ResourceStatus"] == "UPDATE_COMPLETE" and guard["Timestamp"] > before)

        def delete() -> None:
            eventually(look, 30)
            self._ecr.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": self.digests[version]}])

        resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        before = max(each["Timestamp"] for each in resources)
        thread = threading.Thread(target=delete)
        thread.start()
        yield
        thread.join()

    def _tasks(self) -> Iterator[tuple[str, str]]:
        ecs = self._stacks.cloud.client("ecs")
        (cluster,) = ecs.list_clusters()["clusterArns"]
        arns = ecs.list_services(cluster=cluster)["serviceArns"]
        for service in ecs.describe_services(cluster=cluster, services=arns)["services"]:
            task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
            (container,) = task["containerDefinitions"]
            (color,) = (each["value"] for each in container["environment"] if each["name"] == "ENVIRONMENT")
            yield color, container["image"]


def by_tags(template: dict[str, Any]) -> None:
    """The compute's stack as the version before wrote it."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.pop("RecordedImages", None)
        for holder in (properties, *properties.get("ContainerDefinitions", ())):
            for key in ("Image", "Value"):
                if "Fn::Join" in (holder.get(key) or ()):
                    holder[key]["Fn::Join"][1][-1] = ":1.0.0"


def build(app: App, settings: Settings) -> None:
    network = NetworkStack(app, "GreenlightNetwork", settings=settings)
    registry = RegistryStack(app, "GreenlightRegistry", settings=settings)
    data = DataStack(app, "GreenlightData", settings=settings)
    edge = EdgeStack(app, "GreenlightEdge", settings=settings, network=network)
    kind = Ec2HostStack if settings.compute == "ec2" else FargateStack
    name = COMPUTE[settings.compute]
    kind(app, name, settings=settings, network=network, registry=registry, data=data, edge=edge)


@pytest.fixture(scope="module", params=sorted(COMPUTE))
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("cloud"), **{CHECK_SCALE_VARIABLE: "0.1"}) as cloud:
        yield System(RealStacks(cloud, build), request.param)


def test_an_upgrade_touches_no_container_and_the_next_release_runs_by_digest(system: System) -> None:
    assert eventually(lambda: len(system.containers) == len(Color), 30)
    before = system.containers

    assert system.declares("1.0.0", "1.0.0") == "UPDATE_COMPLETE", system.reasons
    assert system.containers == before
    assert system.named == {"blue": "shop:1.0.0", "green": "shop:1.0.0"}

    assert system.declares("1.0.0", "2.0.0") == "UPDATE_COMPLETE", system.reasons
    assert system.named["blue"] == "shop:1.0.0"
    assert system.named["green"].endswith(f"@{system.digests['2.0.0']}")
    assert eventually(lambda: len(system.containers.items() & before.items()) == 1, 30)


def test_a_version_whose_tag_moved_is_refused_and_runs_what_it_was_if_that_is_asked_for(system: System) -> None:
    system.is_at("1.0.0", "2.0.0")
    before = system.containers
    system.push_again("1.0.0")

    assert system.declares("1.0.0", "1.0.0") == "UPDATE_ROLLBACK_COMPLETE"
    assert f"as {system.digests['1.0.0']}. Somebody deleted the tag and pushed it again" in system.reasons
    assert system.containers == before

    assert system.declares("1.0.0", "1.0.0", recorded_images=True) == "UPDATE_COMPLETE", system.reasons
    assert system.named["green"].endswith(f"@{system.digests['1.0.0']}")


def test_a_version_in_which_something_critical_is_found_touches_no_container(system: System) -> None:
    system.is_at("1.0.0", "2.0.0")
    before = system.containers
    system.finds("3.0.0", "CRITICAL")

    assert system.declares("1.0.0", "3.0.0", scan_gate="high") == "UPDATE_ROLLBACK_COMPLETE"
    assert f"version 3.0.0 ({system.digests['3.0.0']}): the scan found 1 CRITICAL" in system.reasons
    assert system.containers == before

    system.finds("3.0.0", "MEDIUM")
    assert system.declares("1.0.0", "3.0.0", scan_gate="high") == "UPDATE_COMPLETE", system.reasons
    assert system.named["green"].endswith(f"@{system.digests['3.0.0']}")


def test_a_version_that_was_not_signed_touches_no_container(system: System) -> None:
    system.is_at("1.0.0", "2.0.0")
    before = system.containers
    system.is_signed("4.0.0", "FAILED")

    assert system.declares("1.0.0", "4.0.0", signature_gate=PROFILE) == "UPDATE_ROLLBACK_COMPLETE"
    assert f"version 4.0.0 ({system.digests['4.0.0']}): the signature with the profile {PROFILE}" in system.reasons
    assert system.containers == before

    system.is_signed("4.0.0", "COMPLETE")
    assert system.declares("1.0.0", "4.0.0", signature_gate=PROFILE) == "UPDATE_COMPLETE", system.reasons
    assert system.named["green"].endswith(f"@{system.digests['4.0.0']}")


def test_an_image_that_is_deleted_after_the_guard_has_looked_touches_no_container(system: System) -> None:
    system.is_at("1.0.0", "2.0.0")
    before = system.containers

    with system.deleting("3.0.0"):
        assert system.declares("1.0.0", "3.0.0") == "UPDATE_ROLLBACK_COMPLETE"

    said = {"ec2": "was it deleted after the version guard had seen it?", "fargate": "Circuit Breaker"}
    assert said[system.compute] in system.reasons
    assert system.containers == before
    assert system.named["green"].endswith(f"@{system.digests['2.0.0']}")
