"""A world for the switch's handlers that lives in memory, with a clock that only `sleep` moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from traffic_switch.bake import Sample
from traffic_switch.config import Policy, Service, TargetGroup
from traffic_switch.contract import Color
from traffic_switch.journal import Answer
from traffic_switch.model import Alarm, Mode, Reply, State, Switch, Target, Weights
from traffic_switch.ports.answer import CloudFormationRequest
from traffic_switch.ports.listener_rule import Rule

from tests.unit.memory_journal import MemoryJournal

BLUE_ARN, GREEN_ARN = "arn:blue", "arn:green"

POLICY = Policy(
    gate_interval_seconds=10,
    gate_consecutive=3,
    gate_min_healthy=1,
    gate_deadline_seconds=300,
    smoke_requests=2,
    confirm_answers=3,
    confirm_deadline_seconds=60,
    bake_seconds=300,
    bake_interval_seconds=15,
    bake_deadline_seconds=600,
    bake_min_samples=100,
    bake_probes=20,
    max_error_percent=1.0,
    max_p95_ms=500,
    max_unhealthy_percent=10,
    metric_period_seconds=60,
    metric_lag_seconds=120,
    switch_deadline_seconds=3000,
)

SHOP = Service(
    name="shop",
    listener_arn="arn:listener",
    load_balancer_dimension="app/shop/1",
    front_door_url="http://front.door",
    priority=100,
    paths=("/*",),
    health_path="/health",
    probe_path="/",
    target_groups={Color.BLUE: TargetGroup(BLUE_ARN, "tg/blue"), Color.GREEN: TargetGroup(GREEN_ARN, "tg/green")},
    alarms={Color.BLUE: ("blue-errors",), Color.GREEN: ("green-errors",)},
)


def switch(mode: Mode = Mode.RELEASE, color: Color = Color.GREEN, undoes: str = "", id: str = "s1") -> Switch:
    """A switch of the shop to version 2."""
    return Switch(id, "shop", mode, color, "2", undoes)


def target(state: str = State.HEALTHY, id: str = "i-1", reason: str = "", description: str = "") -> Target:
    """One target."""
    return Target(id, 3001, state, reason, description)


class FakeRule:
    """The production rule. `lose_reply` makes the next write happen and raise, as a lost reply does."""

    def __init__(self, weights: Weights | None = None, problem: str = "") -> None:
        self.now, self.problem = weights, problem
        self.writes: list[Weights] = []
        self.refuse: Exception | None = None

    def read(self) -> Rule | None:
        if self.now is None:
            return None
        return Rule("arn:rule", {BLUE_ARN: self.now.blue, GREEN_ARN: self.now.green}, self.problem)

    def weights(self, blue_arn: str, green_arn: str) -> Weights | None:
        return self.now

    def write(self, weights: Weights, blue_arn: str, green_arn: str, paths: Sequence[str]) -> None:
        if self.refuse:
            raise self.refuse
        self.now = weights
        self.writes.append(weights)

    def remove(self) -> None:
        self.now = None


class FakeDoor:
    """The front door: it answers from the color that the rule favors, or from the previewed one."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        weights = self._world.production.now
        color = str((headers or {}).get("preview") or (weights.live if weights else "") or "")
        return replace(self._world.reply, environment=self._world.stuck or color)

    def ask_many(self, path: str, count: int, headers: Mapping[str, str] | None = None) -> tuple[Reply, ...]:
        return tuple(self.ask(path, headers) for _ in range(count))


@dataclass
class FakeWorld:
    """See `traffic_switch.world.World`."""

    production: FakeRule = field(default_factory=lambda: FakeRule(Weights(100, 0)))
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    health: dict[str, tuple[Target, ...]] = field(
        default_factory=lambda: {BLUE_ARN: (target(),), GREEN_ARN: (target(),)}
    )
    alarm_states: dict[str, str] = field(default_factory=dict)
    measured: Sample | None = None
    reply: Reply = field(default_factory=lambda: Reply(200, "", "2", 5.0))
    stuck: str = ""
    rolling_back: bool = False
    sticky_group: bool = False
    refuse_start: Exception | None = None
    clock: float = 1_000.0
    policy: Policy = POLICY
    answers: list[tuple[CloudFormationRequest, Answer, str]] = field(default_factory=list)
    started: list[Switch] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def services(self) -> Mapping[str, Service]:
        return {"shop": SHOP}

    @property
    def target_groups(self) -> FakeWorld:
        return self

    @property
    def metrics(self) -> FakeWorld:
        return self

    @property
    def executions(self) -> FakeWorld:
        return self

    @property
    def notifier(self) -> FakeWorld:
        return self

    def targets(self, target_group_arn: str) -> tuple[Target, ...]:
        return self.health[target_group_arn]

    def sticky(self, target_group_arn: str) -> bool:
        return self.sticky_group

    def sample(
        self, load_balancer: str, target_group: str, since: float, until: float, period_seconds: int
    ) -> Sample | None:
        return self.measured

    def alarms(self, names: Sequence[str]) -> tuple[Alarm, ...]:
        return tuple(Alarm(name, self.alarm_states.get(name, "OK")) for name in names)

    def start(self, switch: Switch) -> None:
        if self.refuse_start:
            raise self.refuse_start
        self.started.append(switch)

    def stop(self, switch_id: str, cause: str) -> None:
        self.stopped.append(switch_id)

    def tell(self, subject: str, message: str) -> None:
        self.told.append((subject, message))

    def rule(self, service: Service) -> FakeRule:
        return self.production

    def front_door(self, service: Service) -> FakeDoor:
        return FakeDoor(self)

    def preview_headers(self, color: Color) -> Mapping[str, str]:
        return {"preview": color.value}

    def is_rolling_back(self, stack_id: str) -> bool:
        return self.rolling_back

    def answer(self, request: CloudFormationRequest, decided: Answer, physical_id: str) -> None:
        self.answers.append((request, decided, physical_id))

    def now(self) -> float:
        return self.clock

    def sleep(self, seconds: float) -> None:
        self.clock += seconds
