"""The facts that a switch is judged by: weights, target health, answers of an application, one switch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from traffic_switch.contract import FULL_WEIGHT, ONE_WAY, Color


@dataclass(frozen=True)
class Weights:
    """What the production rule sends to each color, as shares that add up to `FULL_WEIGHT`."""

    blue: int
    green: int

    @classmethod
    def all_on(cls, color: Color) -> Weights:
        """Everything on one color; the other stays in the rule with weight 0, so that it is health-checked."""
        return cls(FULL_WEIGHT, 0) if color is Color.BLUE else cls(0, FULL_WEIGHT)

    def of(self, color: Color) -> int:
        """The weight of one color."""
        return self.blue if color is Color.BLUE else self.green

    @property
    def live(self) -> Color | None:
        """The color that most production traffic goes to, or none when both weights are 0."""
        if self.blue == self.green == 0:
            return None
        return Color.BLUE if self.blue >= self.green else Color.GREEN

    def __str__(self) -> str:
        return f"blue {self.blue}, green {self.green}"


class State(StrEnum):
    """ELBv2's target states (API reference, TargetHealth.State)."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Target:
    """One registered target as DescribeTargetHealth shows it."""

    id: str
    port: int
    state: str
    reason: str = ""
    description: str = ""

    def __str__(self) -> str:
        why = f" ({self.reason}: {self.description})" if self.reason else ""
        return f"{self.id}:{self.port} is {self.state}{why}"


def serving(targets: Iterable[Target]) -> tuple[Target, ...]:
    """The targets that count: all but those on their way out."""
    return tuple(target for target in targets if target.state != State.DRAINING)


def healthy(targets: Iterable[Target]) -> tuple[Target, ...]:
    """The targets that the load balancer calls healthy."""
    return tuple(target for target in targets if target.state == State.HEALTHY)


def healthy_share(targets: Iterable[Target]) -> float:
    """The healthy part of the targets that count, 0 when there is none."""
    counted = serving(targets)
    return len(healthy(counted)) / len(counted) if counted else 0.0


@dataclass(frozen=True)
class Reply:
    """What one request through the front door got. `status` is 0 when no answer came at all."""

    status: int
    environment: str
    version: str
    milliseconds: float
    problem: str = ""

    @property
    def failed(self) -> bool:
        """Whether a user would call it failed."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True)
class Live:
    """What the journal remembers as live: a color, its version, and the weights that made it so.

    `resource` names the custom resource whose release it is: only that one's deletion takes the rule away. `digest` is
    that of the image; empty for what an earlier Greenlight started by a tag. `door` is the version that was the last
    one-way door on the way here, and `door_at` when users went through it, in Unix seconds; empty without one.
    """

    color: Color
    version: str
    weights: Weights
    resource: str = field(default="", compare=False)
    digest: str = field(default="", compare=False)
    door: str = field(default="", compare=False)
    door_at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class RuleLook:
    """The production rule as one look found it. `weights` is None when there is no rule, or none that has two colors.

    `problem` says what a person did to its actions; `misplaced` how its paths or its priority differ from the settings.
    Both are empty for a rule as Greenlight writes it. `strays`: the ARNs of production rules on the load balancer's
    other listeners, this one among them when the settings' own listener has none.
    """

    arn: str = ""
    weights: Weights | None = None
    problem: str = ""
    misplaced: str = ""
    strays: tuple[str, ...] = ()

    @property
    def is_astray(self) -> bool:
        """Whether the rule is on another listener, and the settings' own has none."""
        return self.arn in self.strays

    @property
    def exists(self) -> bool:
        """Whether there is a rule at all."""
        return bool(self.arn)

    def reads(self, weights: Weights | None) -> bool:
        """Whether the rule sends traffic exactly so; None asks whether there is no rule."""
        return not self.problem and self.weights == weights

    def __str__(self) -> str:
        if self.problem:
            return self.problem
        return f"the production rule has {self.weights}" if self.weights else "there is no production rule"


@dataclass(frozen=True)
class Hold:
    """The right to write for one service: the lock, as its owner got it.

    `epoch` grows whenever the right changes hands, also within one switch; a holder of an older one has lost it. `debt`
    names the switch whose traffic the holder must take back first. `settles_at` is when no write of an earlier holder
    can take effect any more, by this function's monotonic clock.
    """

    switch_id: str
    service: str
    epoch: int
    debt: str = ""
    settles_at: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """What the state machine carries from state to state."""
        return {"epoch": self.epoch, "debt": self.debt}


@dataclass(frozen=True)
class Alarm:
    """One CloudWatch alarm: OK, ALARM or INSUFFICIENT_DATA, or MISSING when CloudWatch does not know it."""

    name: str
    state: str


class Mode(StrEnum):
    """What an execution is for: a release, its undoing, the deletion of the rule, or its repair from the journal."""

    RELEASE = "release"
    RESTORE = "restore"
    REMOVE = "remove"
    REPAIR = "repair"


class Outcome(StrEnum):
    """How a switch ended. It says what the switch did to the traffic, not what the rule happens to show.

    DONE: the color is live. ROLLED_BACK: traffic may have moved, and is proved to be back. UNCHANGED: no traffic was
    moved. HELD: traffic is where it should not be, or nobody knows, and a person was paged. REMOVED: the rule is gone.
    TAKEN_OVER: a later switch ended it and answers for the traffic. REPAIRED: the rule is as the journal says again.
    """

    DONE = "DONE"
    ROLLED_BACK = "ROLLED_BACK"
    UNCHANGED = "UNCHANGED"
    HELD = "HELD"
    REMOVED = "REMOVED"
    TAKEN_OVER = "TAKEN_OVER"
    REPAIRED = "REPAIRED"


@dataclass(frozen=True)
class Switch:
    """One run of the state machine, as its input describes it.

    `undoes` names the earlier switch that a restore takes back; it is empty otherwise. `one_way`: the release's version
    was declared to be a one-way door. `undo_one_way` names the door through which a person has it go back.
    """

    id: str
    service: str
    mode: Mode
    color: Color
    version: str
    undoes: str = ""
    one_way: bool = False
    undo_one_way: str = ""

    @classmethod
    def from_input(cls, event: Mapping[str, Any]) -> Switch:
        """Read the state machine's input."""
        return cls(
            id=event["switch_id"],
            service=event["service"],
            mode=Mode(event["mode"]),
            color=Color(event["color"]),
            version=event["version"],
            undoes=event.get("undoes", ""),
            one_way=event.get("one_way", "") == ONE_WAY,
            undo_one_way=event.get("undo_one_way", ""),
        )

    def as_input(self) -> dict[str, str]:
        """The state machine's input. It holds no ResponseURL: that is a secret, and executions show their input.

        What few switches have is left out of the others', as an earlier Greenlight would do.
        """
        rare = {"one_way": ONE_WAY if self.one_way else "", "undo_one_way": self.undo_one_way}
        return {
            "switch_id": self.id,
            "service": self.service,
            "mode": self.mode.value,
            "color": self.color.value,
            "version": self.version,
            "undoes": self.undoes,
            **{name: value for name, value in rare.items() if value},
        }


@dataclass(frozen=True)
class StackLook:
    """What CloudFormation says of a stack. `updated_at` is when it began the last update, in Unix seconds, or None
    before the first one (LastUpdatedTime, CloudFormation API reference, Stack).
    """

    status: str
    updated_at: float | None = None
