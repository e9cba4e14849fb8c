"""When a deployment of an ECS service is done: its new tasks run, and the load balancer has judged them.

ECS ends old tasks once the new ones are healthy. ministack ends them a moment after the new ones have started, which
would leave a target group with nobody who answers yet.

On AWS a task that stays unhealthy is replaced, counts as a failure, and lets the circuit breaker fail the deployment.
That is rehearsed with GREENLIGHT_ECS_HEALTH=strict. Without it an unhealthy task counts as judged: the deployment is
done, so that a rehearsal can show what the gate then says.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ecs

from greenlight.rehearsal.cloud.ecs.targets import target_groups, target_states

STRICT = "strict"
SWITCH = "GREENLIGHT_ECS_HEALTH"
_LOOK_SECONDS = 0.25

Task = dict[str, Any]
Service = dict[str, Any]


def is_strict() -> bool:
    """Say whether unhealthy tasks fail a deployment, as on AWS."""
    return os.environ.get(SWITCH) == STRICT


class Rollouts:
    """Holds back the end of deployments until the load balancer has judged their tasks."""

    def __init__(self, complete: Callable[..., None]) -> None:
        self._complete = complete
        self._watched: set[str] = set()
        self._lock = threading.Lock()

    def complete(self, cluster: str, service_key: str, expected_deployment_id: str | None = None) -> None:
        """Stand in for ministack's completion: end the old tasks, or look again in a moment."""
        service = ecs._services.get(service_key)
        if service and _is_in_progress(service) and not self._is_judged(service):
            self._look_again(cluster, service_key)
            return
        self._complete(cluster, service_key, expected_deployment_id)

    def _is_judged(self, service: Service) -> bool:
        states = {task["taskArn"]: task_states(task) for task in primary_tasks(service)}
        if is_strict():
            self._fail_unhealthy(service, states)
            return all(state == "healthy" for found in states.values() for state in found)
        return all(state not in ("initial", "") for found in states.values() for state in found)

    def _fail_unhealthy(self, service: Service, states: dict[str, list[str]]) -> None:
        grace = float(service.get("healthCheckGracePeriodSeconds") or 0)
        for task in primary_tasks(service):
            age = time.monotonic() - task.setdefault("_judged_since", time.monotonic())
            if "unhealthy" in states[task["taskArn"]] and age > grace:
                reason = "Task failed ELB health checks"
                ecs._mark_task_stopped(task["taskArn"], task, reason, "EssentialContainerExited")
                task["stopCode"] = "ServiceSchedulerInitiated"
                ecs._cleanup_task_resources(task, ecs._get_docker())

    def _look_again(self, cluster: str, service_key: str) -> None:
        with self._lock:
            if service_key in self._watched:
                return
            self._watched.add(service_key)
        scope = (get_account_id(), get_region())
        threading.Thread(target=self._later, args=(cluster, service_key, scope), daemon=True).start()

    def _later(self, cluster: str, service_key: str, scope: tuple[str, str]) -> None:
        time.sleep(_LOOK_SECONDS)
        with self._lock:
            self._watched.discard(service_key)
        with request_scope(*scope):
            ecs._complete_service_deployment(cluster, service_key)


def in_progress(make: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Let a new service's first deployment be in progress until its tasks run, where ministack calls it completed."""

    def make_deployment(*arguments: Any, **more: Any) -> dict[str, Any]:
        deployment = make(*arguments, **more)
        return {**deployment, "rolloutState": "IN_PROGRESS", "rolloutStateReason": ""}

    return make_deployment


def primary_tasks(service: Service) -> list[Task]:
    """Return the tasks of the newest deployment that have not stopped."""
    primary = ecs._primary_deployment(service)
    return [task for task in live_tasks(service) if ecs._deployment_for_task(service, task) is primary]


def live_tasks(service: Service) -> list[Task]:
    """Return the tasks of a service that have not stopped."""
    group = f"service:{service['serviceName']}"
    return [
        task
        for task in list(ecs._tasks.values())
        if (task.get("group"), task.get("clusterArn")) == (group, service.get("clusterArn"))
        and task.get("lastStatus") in ecs._PRE_STOP_STATUSES
    ]


def task_states(task: Task) -> list[str]:
    """Return how each target group of the service finds the task; empty text where it is not in yet."""
    address = ecs._task_ip(task)
    found = []
    for group in target_groups(task):
        states = {state for (each, _), state in target_states(group).items() if each == address}
        found.append(next(iter(states), ""))
    return found


def _is_in_progress(service: Service) -> bool:
    primary = ecs._primary_deployment(service)
    return bool(primary and primary.get("rolloutState") == "IN_PROGRESS")
