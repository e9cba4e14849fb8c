"""A world without AWS, in which a service has users, a journal and images, and what CloudFormation asks about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from traffic_switch.contract import FULL_WEIGHT, Color
from traffic_switch.journal import Lock
from traffic_switch.model import Live, Weights
from traffic_switch.ports.answer import CloudFormationRequest
from version_guard.handler import serve
from version_guard.model import GuardedService
from version_guard.world import World

from tests.unit.fake_surroundings import FakeSurroundings

TAGS = {color: f"live-{color}" for color in Color}
SHOP = GuardedService("greenlight/shop", TAGS, "arn:listener", {Color.BLUE: "arn:blue", Color.GREEN: "arn:green"})
LAMBDA_SECONDS = 240.0
SWITCH = Lock("switch-7", 1, reason="release green 2.0.0", since=990.0, deadline=4_000.0)

Look = Callable[[], None]


def nothing() -> None:
    """A call that works."""


@dataclass
class FakeGuardWorld:
    """`weights` is what the listener gives blue and green. `looks` are called before what they name is answered."""

    weights: tuple[int, int] = (FULL_WEIGHT, 0)
    live: Live | None = None
    lock: Lock | None = None
    tags: list[str] = field(default_factory=lambda: ["2.0.0", "1.0.0"])
    rolling_back: bool = False
    looks: Mapping[str, Look] = field(default_factory=dict)
    around: FakeSurroundings = field(default_factory=FakeSurroundings)
    marked: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, str, str]] = field(default_factory=list)

    def serve(self, event: dict[str, Any]) -> tuple[str, str]:
        """Handle one event; return the status and the reason of the one answer."""
        ports = _Ports(self)
        world = World({"shop": SHOP}, lambda _: ports, ports.weights, ports, ports.stack, ports.answer, self.around)
        serve(event, world, LAMBDA_SECONDS)
        ((status, reason, physical_id),) = self.answers
        assert physical_id.startswith("version-guard-")
        assert self.around.clock - 1_000.0 < LAMBDA_SECONDS - 50.0, "too late for an answer"
        return status, reason


@dataclass
class _Ports:
    world: FakeGuardWorld

    def _look(self, name: str) -> None:
        self.world.looks.get(name, nothing)()

    def missing(self, tags: Iterable[str]) -> set[str]:
        self._look("images")
        return set(tags) - set(self.world.tags)

    def newest(self, count: int) -> list[str]:
        return self.world.tags[:count]

    def mark(self, tag: str, version: str) -> None:
        self._look("mark")
        self.world.marked[tag] = version

    def weights(self, service: GuardedService) -> Mapping[Color, int]:
        self._look("weights")
        return dict(zip(Color, self.world.weights, strict=True))

    def lock(self, service: str) -> Lock | None:
        self._look("lock")
        return self.world.lock

    def live(self, service: str) -> Live | None:
        self._look("live")
        return self.world.live

    def stack(self, stack_id: str) -> bool:
        self._look("stack")
        return self.world.rolling_back

    def answer(self, request: CloudFormationRequest, status: str, reason: str, data: None, physical_id: str) -> None:
        self.world.answers.append((status, reason, physical_id))


def remembered(color: Color) -> Live:
    """What the journal calls live."""
    return Live(color, "1.0.0", Weights.all_on(color))


def failing(error: Exception) -> Look:
    """A look that AWS does not answer."""

    def look() -> None:
        raise error

    return look


def event(kind: str, *, wanted: str, before: str | None = None, allow: str = "false") -> dict[str, Any]:
    """A request; `wanted` and `before` are the versions of blue and green, e.g. `1.0.0 2.0.0`."""
    request = {
        "RequestType": kind,
        "ResponseURL": "https://answer",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "Guard",
        "ResourceProperties": _properties(wanted, allow),
    }
    if kind != "Create":
        request["PhysicalResourceId"] = "version-guard-shop"
    if before:
        request["OldResourceProperties"] = _properties(before, "false")
    return request


def _properties(versions: str, allow: str) -> dict[str, str]:
    blue, green = versions.split()
    return {"Service": "shop", "BlueVersion": blue, "GreenVersion": green, "AllowLiveChange": allow}
