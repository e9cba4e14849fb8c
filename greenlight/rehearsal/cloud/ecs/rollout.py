"""When a deployment of an ECS service is done: its new tasks run, and the load balancer has judged them.

ECS ends old tasks once the new ones are healthy. ministack ends them a moment after the new ones have started, which
would leave a target group with nobody who answers yet.

A task that is unhealthy after its grace period is replaced and counts as a failure, and the circuit breaker fails the
deployment: a version that never becomes healthy fails its stack and is taken back before any switch begins. Sources:
docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html (stage 2: health checks), and
healthCheckGracePeriodSeconds in docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ecs

from greenlight.rehearsal.cloud.ecs.targets import target_groups, target_states

STEADY_SECONDS = 0.5
"""How long a task must run before it counts: long enough for a service that refuses its configuration to exit."""

_LOOK_SECONDS = 0.25

Task = dict[str, Any]
Service = dict[str, Any]


class Rollouts:
    """Holds back the end of deployments until the load balancer calls all their tasks healthy.

    Args:
        complete: ends a deployment; ministack's own.
        note_healthy: forgets the failures of a deployment because of a task that is well; ministack's own.
        check_scale: seconds that pass here for each second of a health check, and so of a grace period.
    """

    def __init__(
        self, complete: Callable[..., None], note_healthy: Callable[[str, Task], None], check_scale: float = 1.0
    ) -> None:
        self._complete = complete
        self._note_healthy = note_healthy
        self._check_scale = check_scale
        self._watched: set[str] = set()
        self._lock = threading.Lock()

    def complete(self, cluster: str, service_key: str, expected_deployment_id: str | None = None) -> None:
        """Stand in for ministack's completion: end the old tasks, or look again in a moment."""
        service = ecs._services.get(service_key)
        if service and _is_in_progress(service) and not self._is_healthy(service_key, service):
            self._look_again(cluster, service_key)
            return
        self._complete(cluster, service_key, expected_deployment_id)

    def note_healthy(self, service_key: str, task: Task) -> bool:
        """Stand in for ministack's note that a task is well: it is when the load balancer calls it healthy."""
        is_well = _runs(task) and all(state == "healthy" for state in task_states(task))
        if is_well:
            self._note_healthy(service_key, task)
        return is_well

    def _is_healthy(self, service_key: str, service: Service) -> bool:
        """Whether every task that a load balancer judges has run for a while, and is well."""
        self._stop_unhealthy(service)
        judged = [task for task in primary_tasks(service) if target_groups(task)]
        return all([_age_seconds(task) >= STEADY_SECONDS and self.note_healthy(service_key, task) for task in judged])

    def _stop_unhealthy(self, service: Service) -> None:
        grace = float(service.get("healthCheckGracePeriodSeconds") or 0) * self._check_scale
        for task in primary_tasks(service):
            if "unhealthy" in task_states(task) and _age_seconds(task) >= grace:
                _stop_as_failed(task)

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


def _runs(task: Task) -> bool:
    """Whether every container of a task is up: its end is noticed a moment before the task is stopped for it."""
    identities = task.get("_docker_ids") or ()
    return all(ecs._get_docker().containers.get(each).status == "running" for each in identities)


def _age_seconds(task: Task) -> float:
    """Return for how long a task has been looked at: since it began to run, but for a moment."""
    return float(time.monotonic() - task.setdefault("_judged_since", time.monotonic()))


def _stop_as_failed(task: Task) -> None:
    """Stop a task so that the circuit breaker counts it. The text is that of ECS's stopped-task errors."""
    groups = ", ".join(f"(target-group {group})" for group in target_groups(task))
    reason = f"Task failed ELB health checks in {groups}"
    ecs._mark_task_stopped(task["taskArn"], task, reason, "EssentialContainerExited")
    task["stopCode"] = "ServiceSchedulerInitiated"
    ecs._cleanup_task_resources(task, ecs._get_docker())


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
