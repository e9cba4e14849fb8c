"""What the functions are told by their environment: where each service is, and the policy of its switch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from traffic_switch.contract import CONFIG_VARIABLE, POLICY_VARIABLE, Color


@dataclass(frozen=True)
class TargetGroup:
    """A color's target group; `dimension` is its name in CloudWatch (`targetgroup/<name>/<id>`)."""

    arn: str
    dimension: str


@dataclass(frozen=True)
class RulePlace:
    """Where one service's production rule belongs: its listener, its priority, its paths and its two target groups."""

    listener_arn: str
    priority: int
    paths: tuple[str, ...]
    blue_arn: str
    green_arn: str


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

    @property
    def rule_place(self) -> RulePlace:
        """Where the production rule belongs."""
        return RulePlace(self.listener_arn, self.priority, self.paths, *self.arns)

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
    return MappingProxyType({name: Service.from_json(name, body) for name, body in raw.items()})


@lru_cache(maxsize=8)
def _policy(text: str) -> Policy:
    return Policy(**json.loads(text))
