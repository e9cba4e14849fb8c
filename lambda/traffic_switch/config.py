"""What the functions are told by their environment: where each service is, and the policy of its switch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traffic_switch.contract import CONFIG_VARIABLE, POLICY_VARIABLE, Color


@dataclass(frozen=True)
class TargetGroup:
    """A color's target group; `dimension` is its name in CloudWatch (`targetgroup/<name>/<id>`)."""

    arn: str
    dimension: str


@dataclass(frozen=True)
class Service:
    """Where one service stands at the edge. `alarms` holds the names that guard each color."""

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

    @property
    def arns(self) -> tuple[str, str]:
        """The target groups of blue and green, in this order."""
        return self.target_groups[Color.BLUE].arn, self.target_groups[Color.GREEN].arn

    @classmethod
    def from_json(cls, name: str, raw: Mapping[str, Any]) -> Service:
        """Read one service as `SwitchStack` wrote it."""
        return cls(
            name=name,
            listener_arn=raw["listener_arn"],
            load_balancer_dimension=raw["load_balancer"],
            front_door_url=raw["front_door_url"],
            priority=int(raw["priority"]),
            paths=tuple(raw["paths"]),
            health_path=raw["health_path"],
            probe_path=raw["probe_path"],
            target_groups={Color(c): TargetGroup(g["arn"], g["dimension"]) for c, g in raw["target_groups"].items()},
            alarms={Color(c): tuple(names) for c, names in raw["alarms"].items()},
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
    bake_min_samples: int
    bake_probes: int
    max_error_percent: float
    max_p95_ms: float
    max_unhealthy_percent: float
    metric_period_seconds: int
    metric_lag_seconds: float
    switch_deadline_seconds: float


def services(environment: Mapping[str, str]) -> dict[str, Service]:
    """All services that this function may touch, by name."""
    raw: dict[str, Any] = json.loads(environment[CONFIG_VARIABLE])
    return {name: Service.from_json(name, body) for name, body in raw.items()}


def policy(environment: Mapping[str, str]) -> Policy:
    """The thresholds that the settings gave."""
    return Policy(**json.loads(environment[POLICY_VARIABLE]))
