"""Everything outside the pure core, as one object: a handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from traffic_switch.bake import Sample
from traffic_switch.config import Policy, Service
from traffic_switch.contract import Color
from traffic_switch.journal import Answer, Journal
from traffic_switch.model import Alarm, Reply, Switch, Target, Weights
from traffic_switch.ports.answer import CloudFormationRequest
from traffic_switch.ports.listener_rule import Rule


class RulePort(Protocol):
    """The production rule of one service."""

    def read(self) -> Rule | None: ...
    def weights(self, blue_arn: str, green_arn: str) -> Weights | None: ...
    def write(self, weights: Weights, blue_arn: str, green_arn: str, paths: Sequence[str]) -> None: ...
    def remove(self) -> None: ...


class TargetGroupsPort(Protocol):
    """The target groups' health and stickiness."""

    def targets(self, target_group_arn: str) -> tuple[Target, ...]: ...
    def sticky(self, target_group_arn: str) -> bool: ...


class MetricsPort(Protocol):
    """CloudWatch."""

    def sample(
        self, load_balancer: str, target_group: str, since: float, until: float, period_seconds: int
    ) -> Sample | None: ...
    def alarms(self, names: Sequence[str]) -> tuple[Alarm, ...]: ...


class FrontDoorPort(Protocol):
    """Requests through the load balancer."""

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> Reply: ...
    def ask_many(self, path: str, count: int, headers: Mapping[str, str] | None = None) -> tuple[Reply, ...]: ...


class ExecutionsPort(Protocol):
    """The state machine's executions."""

    def start(self, switch: Switch) -> None: ...
    def stop(self, switch_id: str, cause: str) -> None: ...


class NotifierPort(Protocol):
    """The people on call."""

    def tell(self, subject: str, message: str) -> None: ...


class World(Protocol):
    """What handlers may touch. The function's role decides which of it really works."""

    @property
    def services(self) -> Mapping[str, Service]: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def target_groups(self) -> TargetGroupsPort: ...
    @property
    def metrics(self) -> MetricsPort: ...
    @property
    def executions(self) -> ExecutionsPort: ...
    @property
    def notifier(self) -> NotifierPort: ...

    def rule(self, service: Service) -> RulePort:
        """The production rule of a service."""

    def front_door(self, service: Service) -> FrontDoorPort:
        """The way in that users take."""

    def preview_headers(self, color: Color) -> Mapping[str, str]:
        """The headers that reach a color, idle or not."""

    def is_rolling_back(self, stack_id: str) -> bool:
        """Whether CloudFormation is taking the stack back."""

    def answer(self, request: CloudFormationRequest, decided: Answer, physical_id: str) -> None:
        """Answer CloudFormation."""

    def now(self) -> float:
        """Unix time in seconds."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
