"""What ECS starts containers with: a Docker client by its shape, processes by its nature.

ministack's ECS talks to a Docker engine through docker-py, and everything that makes a deployment (starting new tasks
first, counting failures, rolling back) is driven by what that engine says. So the engine is what is replaced. It has
just the attributes that ministack's ECS uses. Containers' output goes to their log files, not to CloudWatch Logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2, ecs

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.ec2 import reach
from greenlight.rehearsal.cloud.ec2.subnets import AddressPool
from greenlight.rehearsal.cloud.ecs.container import Backoff, TaskContainer
from greenlight.rehearsal.cloud.ecs.images import TaskImages
from greenlight.rehearsal.cloud.ecs.log_driver import LogDriverError, open_log
from greenlight.rehearsal.cloud.ecs.roles import execution_credentials, task_credentials
from greenlight.rehearsal.cloud.ecs.targets import find_service
from greenlight.rehearsal.cloud.iam.roles import TrustError
from greenlight.rehearsal.runner.errors import PlatformError, RegistryError, RunnerError
from greenlight.rehearsal.runner.images import AMD64, ARM64
from greenlight.rehearsal.runner.registry import RoleRegistry
from greenlight.rehearsal.runner.spec import ContainerSpec, Endpoint, ImageReference

TASK_LABEL = "com.amazonaws.ecs.task-arn"
CONTAINER_LABEL = "com.amazonaws.ecs.container-name"
STOP_TIMEOUT_SECONDS = 30.0
"""What Fargate gives a container that says nothing else, from SIGTERM to SIGKILL."""

START_SECONDS = 5.0
"""How long a start waits for a container that does not listen on any port."""

_NO_CONNECTION = (
    "unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: "
    "There is a connection issue between the task and Amazon ECR. Check your task network configuration"
)
"""docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html."""

_OF_MINISTACK = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_ENDPOINT_URL")


class TaskEngine:
    """The engine of all tasks: `containers` and `images` are what a docker-py client has under these names."""

    def __init__(self, context: CloudContext, addresses: AddressPool) -> None:
        self.containers = Containers(context, addresses)
        self.images = TaskImages()


class Containers:
    """Containers of tasks, by id."""

    def __init__(self, context: CloudContext, addresses: AddressPool) -> None:
        self._context = context
        self._addresses = addresses
        self._by_id: dict[str, TaskContainer] = {}
        self._backoff = Backoff()

    def run(self, image: str, *, environment: Mapping[str, str], labels: Mapping[str, str], **_: Any) -> TaskContainer:
        """Start a container of a task, and give it a moment to serve or to fail, so that a crash is not steady.

        Raises ministack's pull error, TrustError, LogDriverError or RunnerError.
        """
        task = ecs._tasks[labels[TASK_LABEL]]
        definition = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]
        self._backoff.wait(task["group"])
        try:
            open_log(self._context.silences, definition, _declared(definition, labels), task)
            version = self._pull(ImageReference.parse(image), definition, task)
            spec = self._spec(task, definition, labels, environment, version)
        except RunnerError as error:
            self._backoff.note_failure(task["group"])
            raise ecs._ImagePullError(str(error)) from error
        except (TrustError, LogDriverError):
            self._backoff.note_failure(task["group"])
            raise
        container = self._context.runner.run(spec)
        container.wait_until_settled(START_SECONDS)
        started = TaskContainer(self._context, self._addresses, self._backoff, container, task)
        self._by_id[container.id] = started
        return started

    def get(self, identity: str) -> TaskContainer:
        """Find a container by its id. Raises KeyError."""
        return self._by_id[identity]

    def are_ending(self, service: Mapping[str, Any]) -> bool:
        """Whether any container of a service still drains or stops; its task counts as stopped already."""
        group = f"service:{service['serviceName']}"
        return any(each.is_ending(group, service["clusterArn"]) for each in list(self._by_id.values()))

    def list(self, **_: Any) -> list[TaskContainer]:
        """Return none: what ministack would reclaim from a shared Docker engine is the runner's to end."""
        return []

    def _pull(self, image: ImageReference, definition: Mapping[str, Any], task: Mapping[str, Any]) -> str:
        """Pull with the execution role, as ECS does, for the processor that the task definition names.

        The text is that of docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html.
        """
        if obstacle := _obstacle(task):
            raise RegistryError(f"{_NO_CONNECTION}: {obstacle}")
        credentials = execution_credentials(definition, task)
        wanted = ARM64 if (definition.get("runtimePlatform") or {}).get("cpuArchitecture") == "ARM64" else AMD64
        try:
            found = RoleRegistry(self._context.endpoint_url, get_region(), credentials).pull(image, wanted)
            if found.architecture == wanted:
                return found.version
        except PlatformError:
            pass
        raise RegistryError(f"image Manifest does not contain descriptor matching platform 'linux/{wanted}'")

    def _spec(
        self,
        task: dict[str, Any],
        definition: Mapping[str, Any],
        labels: Mapping[str, str],
        environment: Mapping[str, str],
        version: str,
    ) -> ContainerSpec:
        declared = _declared(definition, labels)
        address = self._address(task)
        metadata = environment.get("ECS_CONTAINER_METADATA_URI_V4", "").partition("/v4/")[2]
        kept = {key: value for key, value in environment.items() if key not in _OF_MINISTACK}
        ports = [int(each["containerPort"]) for each in declared.get("portMappings", ())]
        return ContainerSpec(
            name=f"{definition['family']}-{_task_id(task)[:8]}-{declared['name']}",
            host=_task_id(task),
            image=ImageReference.parse(declared["image"]),
            version=version,
            environment={**kept, "ECS_CONTAINER_METADATA_URI_V4": f"{self._context.endpoint_url}/v4/{metadata}"},
            credentials=task_credentials(definition, task, self._context.vending),
            endpoints=tuple(Endpoint(address, port, port) for port in ports),
            stop_timeout_seconds=float(declared.get("stopTimeout", STOP_TIMEOUT_SECONDS)),
        )

    def _address(self, task: dict[str, Any]) -> str:
        """Return the address of the task's network interface: all its containers share it."""
        if "_eni" not in task:
            task["_eni"] = self._addresses.take(subnet_range(task.get("_subnet")))
        return str(task["_eni"])


def _obstacle(task: Mapping[str, Any]) -> str:
    """Say what keeps a task from the registry; one without a network configuration is in the default VPC."""
    network = (find_service(task).get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network:
        return ""
    public = network.get("assignPublicIp") == "ENABLED"
    return reach.obstacle(task.get("_subnet") or "", network.get("securityGroups") or (), reach.REGISTRY, public=public)


def _declared(definition: Mapping[str, Any], labels: Mapping[str, str]) -> Mapping[str, Any]:
    """What a task definition says of the container with these labels."""
    name = labels[CONTAINER_LABEL]
    found: Mapping[str, Any] = next(each for each in definition["containerDefinitions"] if each["name"] == name)
    return found


def subnet_range(subnet: str | None) -> str:
    """Return the addresses of a subnet; a task without one gets an address of the default VPC's range."""
    return str(ec2._subnets.get(subnet, {}).get("CidrBlock", "172.31.0.0/20"))


def _task_id(task: Mapping[str, Any]) -> str:
    return str(task["taskArn"]).rpartition("/")[2]
