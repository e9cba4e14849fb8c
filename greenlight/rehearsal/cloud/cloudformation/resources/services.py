"""AWS::ECS::Service: CloudFormation waits for the service, which the library's handler does not.

A create or an update is done when the newest deployment is completed and no older task is left: each was drained for
the deregistration delay, and stopped. Source: docs.aws.amazon.com/AmazonECS/latest/developerguide/
load-balancer-connection-draining.html.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ecs
from ministack.services.cloudformation import provisioners, stacks

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.ecs.rollout import live_tasks
from greenlight.rehearsal.cloud.requirement import require
from greenlight.waiting import wait_until

TYPE = "AWS::ECS::Service"
PATIENCE_SECONDS = 180.0
"""How long a service may take; CloudFormation itself would wait for three hours."""

_LOOK_SECONDS = 0.2

Handler = Callable[..., Created]


def install() -> None:
    """Let the handlers wait, on threads that may."""
    require(provisioners, "_RESOURCE_HANDLERS")
    require(stacks, "_runs_on_worker_thread")
    handlers = provisioners._RESOURCE_HANDLERS
    kept = handlers[TYPE]
    handlers[TYPE] = {**kept, "create": _waiting(_with_grace(kept["create"])), "update": _waiting(kept["update"])}
    stacks._runs_on_worker_thread = _or_service(stacks._runs_on_worker_thread)


def _or_service(runs: Callable[[str], bool]) -> Callable[[str], bool]:
    def runs_on_worker_thread(resource_type: str) -> bool:
        return resource_type == TYPE or runs(resource_type)

    return runs_on_worker_thread


def _with_grace(create: Handler) -> Handler:
    """Keep HealthCheckGracePeriodSeconds, which the library's handler reads in an update alone."""

    def handle(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created = create(logical_id, properties, stack_name)
        _find(created[0])["healthCheckGracePeriodSeconds"] = properties.get("HealthCheckGracePeriodSeconds", 0)
        return created

    return handle


def _waiting(handler: Handler) -> Handler:
    def handle(*arguments: Any) -> Created:
        created = handler(*arguments)
        wait_until_steady(created[0])
        return created

    return handle


def wait_until_steady(arn: str) -> None:
    """Wait until a service runs its newest deployment alone. Raises ActionError when that fails or takes too long."""
    service = _find(arn)
    newest = ecs._primary_deployment(service)
    if not wait_until(lambda: _is_failed(newest) or _is_steady(service), PATIENCE_SECONDS, _LOOK_SECONDS):
        raise ActionError(f"{arn} did not stabilize in {PATIENCE_SECONDS:g} seconds: {_last_reason(service)}")
    if _is_failed(newest):
        problem = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'"
        raise ActionError(f"{problem}: {_last_reason(service)}")


def _is_failed(deployment: dict[str, Any] | None) -> bool:
    """Say whether a deployment was given up: after its rollback the service is steady again, on the older one."""
    return bool(deployment and deployment.get("rolloutState") == "FAILED")


def _is_steady(service: dict[str, Any]) -> bool:
    primary = ecs._primary_deployment(service)
    tasks = live_tasks(service)
    return (
        primary is not None
        and primary.get("rolloutState") == "COMPLETED"
        and len(tasks) == service["desiredCount"]
        and all(task["lastStatus"] == "RUNNING" for task in tasks)
        and all(ecs._deployment_for_task(service, task) is primary for task in tasks)
        and not ecs._get_docker().containers.are_ending(service)
    )


def _find(arn: str) -> dict[str, Any]:
    cluster, name = arn.split("/")[-2:]
    service: dict[str, Any] = ecs._services[f"{cluster}/{name}"]
    return service


def _last_reason(service: dict[str, Any]) -> str:
    group = f"service:{service['serviceName']}"
    stopped = [task for task in list(ecs._tasks.values()) if task.get("group") == group and task.get("stoppedReason")]
    return str(stopped[-1]["stoppedReason"]) if stopped else "its tasks are not all running"
