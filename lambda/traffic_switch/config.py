"""What the functions are told by their environment: where each service is, and the policy of its switch.

Lambda takes 4,096 bytes of environment, as one JSON object (Lambda developer guide, quotas), so that each quote of JSON
in a variable counts twice. What all services share is therefore written once, what can be derived is not written at
all, and each service has a row without names (docs/decisions/0018-the-environment-says-each-fact-once.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from traffic_switch.contract import CONFIG_VARIABLE, POLICY_VARIABLE, Color, alarm_names


@dataclass(frozen=True)
class TargetGroup:
    """A color's target group; `dimension` is its name in CloudWatch (`targetgroup/<name>/<id>`)."""

    arn: str
    dimension: str


@dataclass(frozen=True)
class RulePlace:
    """Where one service's production rule belongs: its listener, its priority, its paths and its two target groups.

    `has_other_listeners`: the load balancer may have more than this one. A rule that is still on another was left when
    the front door changed from HTTP to HTTPS, or back. Which there are is asked for: a function that named them would
    keep CloudFormation from deleting one.
    """

    listener_arn: str
    priority: int
    paths: tuple[str, ...]
    blue_arn: str
    green_arn: str
    has_other_listeners: bool = False


class Row(NamedTuple):
    """What one service has of its own; `blue` and `green` are its target groups' names in CloudWatch."""

    priority: int
    paths: tuple[str, ...]
    health_path: str
    probe_path: str
    blue: str
    green: str


def written(edge: Mapping[str, Any], rows: Mapping[str, Row]) -> dict[str, Any]:
    """What CONFIG_VARIABLE holds, as JSON.

    `edge` is what all services share: `listener_arn`, `front_door_url`, `alarm_prefix` of the alarms that Greenlight
    makes, and `alarm_names` of further ones; what `domain_and_others` gives as well.
    """
    return {
        "edge": dict(edge),
        "services": {name: [row.priority, list(row.paths), *row[2:]] for name, row in rows.items()},
    }


def load_balancer_of(listener_arn: str) -> str:
    """The ARN of a listener's load balancer: `loadbalancer/app/<name>/<id>` for `listener/app/<name>/<id>/<id>`."""
    return listener_arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]


def domain_and_others(domain: str | None, has_other_listeners: bool) -> dict[str, Any]:
    """What `edge` holds with a domain, and with listeners besides the one that serves: nothing where there is none."""
    others = {"has_other_listeners": True} if has_other_listeners else {}
    return {**({"host_name": domain} if domain else {}), **others}


@dataclass(frozen=True)
class Service:
    """Where one service stands at the edge. `alarms` holds the names that guard each color.

    `front_door_url` leads to the load balancer by its own name, so that a domain that points nowhere yet keeps no
    release waiting. `host_name` is the domain that requests name, and that the certificate is for; empty without one.
    """

    name: str
    listener_arn: str
    load_balancer_dimension: str
    front_door_url: str
    priority: int
    paths: tuple[str, ...]
    health_path: str
    probe_path: str
    target_groups: Mapping[Color, TargetGroup]
    alarms: Mapping[Color, tuple[str, ...]]
    host_name: str = ""
    has_other_listeners: bool = False

    @property
    def arns(self) -> tuple[str, str]:
        """The target groups of blue and green, in this order."""
        return self.target_groups[Color.BLUE].arn, self.target_groups[Color.GREEN].arn

    @property
    def rule_place(self) -> RulePlace:
        """Where the production rule belongs."""
        return RulePlace(self.listener_arn, self.priority, self.paths, *self.arns, self.has_other_listeners)

    @classmethod
    def of(cls, name: str, edge: Mapping[str, Any], row: Row) -> Service:
        """Join what a service has of its own to what all of them share."""
        listener = edge["listener_arn"]
        dimensions = {Color.BLUE: row.blue, Color.GREEN: row.green}
        return cls(
            name=name,
            listener_arn=listener,
            load_balancer_dimension=_load_balancer(listener),
            front_door_url=edge["front_door_url"],
            priority=row.priority,
            paths=tuple(row.paths),
            health_path=row.health_path,
            probe_path=row.probe_path,
            target_groups={color: TargetGroup(arn_beside(listener, each), each) for color, each in dimensions.items()},
            alarms={color: (*alarm_names(edge["alarm_prefix"], name, color), *edge["alarm_names"]) for color in Color},
            host_name=edge.get("host_name", ""),
            has_other_listeners=bool(edge.get("has_other_listeners")),
        )


@dataclass(frozen=True)
class Policy:
    """The thresholds of a switch. The settings of the same names say what each of them means."""

    gate_interval_seconds: float
    gate_consecutive: int
    gate_min_healthy: int
    gate_deadline_seconds: float
    smoke_requests: int
    confirm_answers: int
    confirm_deadline_seconds: float
    bake_seconds: float
    bake_interval_seconds: float
    bake_deadline_seconds: float
    bake_probe_rate: float
    bake_fast_seconds: float
    bake_batch_seconds: float
    bake_probes: int
    bake_blip_seconds: float
    bake_must_detect_percent: float
    max_error_percent: float
    max_p95_ms: float
    max_unhealthy_percent: float
    metric_period_seconds: int
    metric_lag_seconds: float
    switch_deadline_seconds: float
    write_settle_seconds: float

    @property
    def batch_requests(self) -> int:
        """Own requests of one batch while the color is watched closely."""
        return max(1, round(self.bake_probe_rate * self.bake_batch_seconds))

    @property
    def fence_seconds(self) -> float:
        """How old a look at the lock may be when a write of the rule begins."""
        return self.write_settle_seconds / 10

    @property
    def write_timeouts(self) -> tuple[float, float]:
        """Seconds to connect and to read of one write of the rule, which is sent once and never by itself again."""
        return self.write_settle_seconds / 10, self.write_settle_seconds / 4

    @property
    def emergency_seconds(self) -> float:
        """How long after its state began a rollback may write without the journal. What is left of W is slack."""
        return self.write_settle_seconds / 2

    @property
    def patience_seconds(self) -> float:
        """How long a rule that reads otherwise is looked at again: Describe calls lag behind writes."""
        return self.write_settle_seconds * 1.5


def services(environment: Mapping[str, str]) -> Mapping[str, Service]:
    """All services that this function may touch, by name."""
    return _services(environment[CONFIG_VARIABLE])


def policy(environment: Mapping[str, str]) -> Policy:
    """The thresholds that the settings gave."""
    return _policy(environment[POLICY_VARIABLE])


@lru_cache(maxsize=8)
def _services(text: str) -> Mapping[str, Service]:
    raw: dict[str, Any] = json.loads(text)
    return MappingProxyType({name: Service.of(name, raw["edge"], Row(*row)) for name, row in raw["services"].items()})


@lru_cache(maxsize=8)
def _policy(text: str) -> Policy:
    return Policy(**json.loads(text))


def arn_beside(listener_arn: str, name: str) -> str:
    """The ARN of what ELBv2 knows by a name such as `targetgroup/<name>/<id>`, in the listener's region and account."""
    return f"{listener_arn.partition(':listener/')[0]}:{name}"


def _load_balancer(listener_arn: str) -> str:
    """The load balancer's name in CloudWatch: a listener's ARN ends with `listener/app/<name>/<id>/<id>`."""
    return listener_arn.partition(":listener/")[2].rpartition("/")[0]
