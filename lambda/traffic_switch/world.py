"""Everything outside the pure core, as one object: a handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from traffic_switch.config import Policy, Service
from traffic_switch.contract import Color
from traffic_switch.journal import Answer, Journal
from traffic_switch.judging.looks import Period
from traffic_switch.model import Alarm, Reply, RuleLook, StackLook, Switch, Target, Weights

T = TypeVar("T")


class RulePort(Protocol):
    """The production rule of one service. Each write is one call, sent once."""

    def look(self) -> RuleLook: ...
    def change(self, arn: str, weights: Weights) -> None: ...
    def rewrite(self, arn: str, weights: Weights) -> None: ...
    def create(self, weights: Weights) -> None: ...
    def delete(self, arn: str) -> None: ...


class TargetGroupsPort(Protocol):
    """The target groups' health and stickiness."""

    def targets(self, target_group_arn: str) -> tuple[Target, ...]: ...
    def sticky(self, target_group_arn: str) -> bool: ...


class MetricsPort(Protocol):
    """CloudWatch's metrics of one color, and its alarms."""

    def periods(
        self, load_balancer: str, target_group: str, since: float, until: float, period_seconds: int, slow_ms: float
    ) -> tuple[Period, ...]: ...
    def alarms(self, names: Sequence[str]) -> tuple[Alarm, ...]: ...


class FrontDoorPort(Protocol):
    """Requests through the load balancer."""

    def ask(self, path: str, headers: Mapping[str, str] | None = None, timeout_seconds: float = ...) -> Reply: ...
    def ask_many(self, path: str, count: int, headers: Mapping[str, str] | None = None) -> tuple[Reply, ...]: ...
    def stream(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> Generator[T, None, None]: ...


class ExecutionsPort(Protocol):
    """The state machine's executions."""

    def start(self, switch: Switch) -> None: ...
    def stop(self, switch_id: str, cause: str) -> None: ...
    def is_running(self, switch_id: str) -> bool: ...


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
    def notifier(self) -> NotifierPort: ...

    def executions(self, machine_arn: str = ...) -> ExecutionsPort:
        """The executions of a state machine, or of the one that the environment names."""

    def rule(self, service: Service) -> RulePort:
        """The production rule of a service."""

    def front_door(self, service: Service) -> FrontDoorPort:
        """The way in that users take."""

    def preview_headers(self, service: Service, color: Color) -> Mapping[str, str]:
        """The headers that reach a color of a service, idle or not.

        Raises:
            PreviewError: the secret holds no value for it.
        """

    @property
    def own_stack(self) -> str:
        """What the id of the one stack that may ask begins with."""

    def is_cloudformations(self, url: str) -> bool:
        """Whether an answer that is put there reaches CloudFormation, and nobody else."""

    def stack(self, stack_id: str) -> StackLook:
        """What CloudFormation is doing with a stack."""

    def answer(self, request: Mapping[str, Any], decided: Answer, physical_id: str) -> None:
        """Answer CloudFormation."""

    def now(self) -> float:
        """Unix time in seconds, by this machine's clock."""

    def monotonic(self) -> float:
        """Seconds that never jump."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
