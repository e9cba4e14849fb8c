"""The targets of ECS services: which address is in which target group, and how the load balancer finds it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from botocore.model import Shape
from botocore.parsers import create_parser
from botocore.session import Session
from ministack.services import alb, ecs

from greenlight.rehearsal.cloud.requirement import require
from greenlight.waiting import wait_until

Target = tuple[str, int]
"""An address and a port, as a target group has them."""

_LOOK_SECONDS = 0.2
_LONGEST_DRAIN_SECONDS = 3600.0
"""The longest deregistration delay that a target group can have."""

_publishing = threading.Lock()


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(alb, "_ACTION_MAP", "_tgs")
    require(ecs, "_tasks", "_services", "_task_ip")


def sync_service_targets(_cluster_name: str, service: dict[str, Any]) -> None:
    """Put the service's running tasks into its target groups, and take out those that no longer run.

    Like ECS it registers and deregisters through the load balancer's own actions, and touches no target of others.
    """
    for each in service.get("loadBalancers") or ():
        group, port = each.get("targetGroupArn"), int(each.get("containerPort", 80))
        if not group:
            continue
        with _publishing:
            published: dict[str, list[Target]] = service.setdefault("_published_targets", {})
            before, now = set(published.get(group, ())), {(address, port) for address in _addresses(service)}
            _act("RegisterTargets", group, now - before)
            _act("DeregisterTargets", group, before - now)
            published[group] = sorted(now)


def target_states(group: str) -> Mapping[Target, str]:
    """Return the state of each target of a group, draining ones included; none when the group is gone."""
    status, _, body = alb._ACTION_MAP["DescribeTargetHealth"]({"TargetGroupArn": [group]})
    if status != 200:
        return {}
    answer = create_parser("query").parse({"status_code": status, "headers": {}, "body": body}, _answer_shape())
    found = answer["TargetHealthDescriptions"]
    return {(each["Target"]["Id"], each["Target"]["Port"]): each["TargetHealth"]["State"] for each in found}


@lru_cache
def _answer_shape() -> Shape:
    """What every SDK knows of the load balancer's answer."""
    shape = Session().get_service_model("elbv2").operation_model("DescribeTargetHealth").output_shape
    assert shape is not None
    return shape


def wait_until_drained(groups: Iterable[str], address: str, keep_waiting: Callable[[], bool]) -> None:
    """Wait until no target group drains the address any more: the last request that it was given has been answered."""
    waiting = set(groups)

    def is_over() -> bool:
        waiting.difference_update([group for group in waiting if not _drains(group, address)])
        return not waiting or not keep_waiting()

    wait_until(is_over, _LONGEST_DRAIN_SECONDS, _LOOK_SECONDS)


def target_groups(task: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the target groups of a task's service."""
    balancers = find_service(task).get("loadBalancers") or ()
    return tuple(each["targetGroupArn"] for each in balancers if each.get("targetGroupArn"))


def find_service(task: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the service that a task belongs to; empty when it is gone."""
    cluster = str(task["clusterArn"]).rpartition("/")[2]
    return ecs._services.get(f"{cluster}/{str(task['group']).removeprefix('service:')}") or {}


def _drains(group: str, address: str) -> bool:
    return any(state == "draining" for (each, _), state in target_states(group).items() if each == address)


def _addresses(service: Mapping[str, Any]) -> set[str]:
    if service.get("status") != "ACTIVE":
        return set()
    group = f"service:{service['serviceName']}"
    return {
        ecs._task_ip(task)
        for task in list(ecs._tasks.values())
        if (task.get("group"), task.get("clusterArn")) == (group, service.get("clusterArn"))
        and task.get("lastStatus") == "RUNNING"
        and ecs._task_ip(task)
    }


def _act(action: str, group: str, targets: Iterable[Target]) -> None:
    parameters: dict[str, list[str]] = {"TargetGroupArn": [group]}
    for number, (address, port) in enumerate(sorted(targets), 1):
        parameters[f"Targets.member.{number}.Id"] = [address]
        parameters[f"Targets.member.{number}.Port"] = [str(port)]
    if len(parameters) > 1 and group in alb._tgs:
        alb._ACTION_MAP[action](parameters)
