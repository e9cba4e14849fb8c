"""A world for the bake alone, in virtual time: a front door that answers as a test says, and CloudWatch as it fills."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from traffic_switch.config import Policy, Service, TargetGroup
from traffic_switch.contract import Color
from traffic_switch.handlers import bake
from traffic_switch.journal import Record
from traffic_switch.judging.looks import Period
from traffic_switch.model import Alarm, Hold, Mode, Reply, RuleLook, State, Switch, Target, Weights
from traffic_switch.verdict import Judgment

from stacks.options.release import ReleaseOptions

T = TypeVar("T")

SHIFTED_AT = 1_000_020.0
FIRST_SECOND = 3.0
"""When the bake's first look begins after the shift, as on AWS."""

SWITCH = Switch("s1", "shop", Mode.RELEASE, Color.GREEN, "2")
GOOD = Reply(200, "green", "2", 20.0)
BROKEN = Reply(500, "green", "2", 20.0)

SHOP = Service(
    name="shop",
    listener_arn="arn:listener",
    load_balancer_dimension="app/shop/1",
    front_door_url="http://front.door",
    priority=100,
    paths=("/*",),
    health_path="/health",
    probe_path="/page",
    target_groups={Color.BLUE: TargetGroup("arn:blue", "tg/blue"), Color.GREEN: TargetGroup("arn:green", "tg/green")},
    alarms={Color.BLUE: ("blue-errors",), Color.GREEN: ("green-errors",)},
)


def policy(**settings: Any) -> Policy:
    """The policy that the settings make, with production's defaults."""
    options = ReleaseOptions(**settings)
    return Policy(**{each.name: getattr(options, each.name) for each in fields(Policy)})


def target(state: str = State.HEALTHY, id: str = "i-1") -> Target:
    """One target."""
    return Target(id, 3001, state)


Answers = Callable[[float], Reply]
"""What a request gets that is sent so many seconds after the shift."""


@dataclass
class BakeWorld:
    """As much of `traffic_switch.world.World` as a bake touches."""

    answers: Answers = lambda second: GOOD
    policy: Policy = field(default_factory=policy)
    clock: float = SHIFTED_AT + FIRST_SECOND
    rule_look: RuleLook = field(default_factory=lambda: RuleLook("arn:rule", Weights(0, 100)))
    is_ours: bool = True
    abort: str = ""
    health: tuple[Target, ...] = field(default_factory=lambda: (target(),))
    alarm_states: dict[str, str] = field(default_factory=dict)
    users: Callable[[float], tuple[int, int, int]] = lambda start: (0, 0, 0)
    """Requests, failed and slow ones of users in the period that begins at a Unix time."""
    wired: bool = True
    unreadable: Exception | None = None
    asked: list[tuple[float, Reply]] = field(default_factory=list)
    notes: list[tuple[int, Judgment]] = field(default_factory=list)
    begun: list[tuple[str, float]] = field(default_factory=list)
    checks: list[float] = field(default_factory=list)
    _ahead: float = 0.0

    @property
    def services(self) -> Mapping[str, Service]:
        return {"shop": SHOP}

    @property
    def journal(self) -> BakeWorld:
        return self

    @property
    def target_groups(self) -> BakeWorld:
        return self

    @property
    def metrics(self) -> BakeWorld:
        return self

    def now(self) -> float:
        return self.clock + self._ahead

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float) -> None:
        self._ahead += seconds

    # The journal.

    def record(self, switch_id: str) -> Record:
        assert switch_id == SWITCH.id
        return Record(SWITCH, SHIFTED_AT - 60, shifted_at=SHIFTED_AT, abort=self.abort)

    def holds(self, hold: Hold) -> bool:
        assert (hold.switch_id, hold.service, hold.epoch) == (SWITCH.id, SWITCH.service, 1)
        self.checks.append(self.now() - SHIFTED_AT)
        return self.is_ours

    def begin(self, switch_id: str, phase: str, at: float) -> None:
        self.begun.append((phase, at))

    def note(self, switch_id: str, phase: str, look: int, judgment: Judgment, at: float) -> None:
        self.notes.append((look, judgment))

    # AWS.

    def rule(self, service: Service) -> BakeWorld:
        return self

    def look(self) -> RuleLook:
        return self.rule_look

    def targets(self, target_group_arn: str) -> tuple[Target, ...]:
        assert target_group_arn == "arn:green"
        return self.health

    def alarms(self, names: Sequence[str]) -> tuple[Alarm, ...]:
        return tuple(Alarm(name, self.alarm_states.get(name, "OK")) for name in names)

    def periods(
        self, load_balancer: str, target_group: str, since: float, until: float, period_seconds: int, slow_ms: float
    ) -> tuple[Period, ...]:
        """Count own requests and users' as CloudWatch does: complete periods only."""
        if self.unreadable:
            raise self.unreadable
        start, end = int(since // period_seconds), int(until // period_seconds)
        return tuple(self._period(float(at * period_seconds), period_seconds, slow_ms) for at in range(start, end))

    def _period(self, start: float, seconds: float, slow_ms: float) -> Period:
        own = [reply for at, reply in self.asked if start <= at < start + seconds] if self.wired else []
        requests, failed, slow = self.users(start)
        return Period(
            start,
            requests + len(own),
            failed + sum(reply.status >= 500 for reply in own),
            requests + len(own),
            slow + sum(reply.milliseconds > slow_ms for reply in own),
        )

    # The front door.

    def front_door(self, service: Service) -> BakeWorld:
        return self

    def ask(self, path: str, headers: Mapping[str, str] | None = None, timeout_seconds: float = 5.0) -> Reply:
        assert path == "/page"
        at = self.now()
        reply = self.answers(at - SHIFTED_AT)
        if reply.milliseconds > 1000 * timeout_seconds:
            reply = Reply(0, "", "", 1000 * timeout_seconds, "TimeoutError: timed out")
        self.asked.append((at, reply))
        self._ahead += reply.milliseconds / 1000
        return reply

    def stream(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> Generator[T, None, None]:
        """Each call on a clock of its own, from when it is due; results in the order in which they come."""
        started, ended = self.clock, list[tuple[float, int, T]]()
        for number, (due, call) in enumerate(calls):
            yield from self._ended(ended, started + due)
            self.clock = started + due
            result = call()
            heapq.heappush(ended, (self.now(), number, result))
            self._ahead = 0.0
        yield from self._ended(ended, float("inf"))

    def _ended(self, ended: list[tuple[float, int, T]], until: float) -> Generator[T, None, None]:
        while ended and ended[0][0] <= until:
            at, _, result = heapq.heappop(ended)
            self.clock = max(self.clock, at)
            yield result


def event(progress: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the state machine sends."""
    hold = {"epoch": 1, "debt": "", "held_at": SHIFTED_AT - 50}
    return {"switch": SWITCH.as_input(), "hold": hold, "before": {}, "progress": dict(progress or {})}


def baked(world: BakeWorld, most_looks: int = 200) -> dict[str, Any]:
    """Let the bake look until it has decided, as the state machine does. `second` is when, after the shift."""
    progress: dict[str, Any] = {}
    for _ in range(most_looks):
        ruled = bake.handle.step(event(progress), world)  # type: ignore[arg-type]
        world.clock, world._ahead = world.now(), 0.0
        if ruled["verdict"] != "WAIT":
            return {**ruled, "second": world.clock - SHIFTED_AT}
        progress = ruled["progress"]
        world.clock += ruled["wait_seconds"] + 0.5
    raise AssertionError(f"no verdict after {most_looks} looks: {ruled['reason']}")
