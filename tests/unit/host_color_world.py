"""A world without AWS, in which one color lives on a host, and the requests that CloudFormation sends about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from host_color.errors import HostUnreachableError, NotAllowedError
from host_color.handler import serve
from host_color.judgment import Invocation
from host_color.model import HostColor, Place
from host_color.world import World
from traffic_switch.model import State, Target
from traffic_switch.ports.answer import CloudFormationRequest

GROUP = "arn:target-group/shop-green"
OLD, NEW = "i-0old", "i-0new"
LAMBDA_SECONDS = 900.0

Health = Callable[[str, float], str]


@dataclass
class FakeHostWorld:
    """Time, Systems Manager and one target group. `calls` is all that was changed, in order."""

    reachable_after: float = 0.0
    refuses: bool = False
    status: str = "Success"
    output: str = ""
    health: Health = lambda instance, now: State.HEALTHY
    drain_seconds: float = 0.0
    rolling_back: bool = False
    registered: dict[str, int] = field(default_factory=dict)
    draining_until: dict[str, float] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    clock: float = 1_000.0

    def send(self, color: HostColor) -> str:
        instance = color.place.instance_id
        if self.refuses:
            raise NotAllowedError("AccessDeniedException: no ssm:SendCommand")
        if self.clock - 1_000.0 < self.reachable_after:
            raise HostUnreachableError(f"{instance} has not registered")
        self.calls.append(f"run {color.name} {color.image} on {instance}")
        return "command-1"

    def look(self, command_id: str, instance_id: str) -> Invocation | None:
        return Invocation(self.status, self.output)

    def register(self, place: Place) -> None:
        self.calls.append(f"register {place}")
        self.registered[place.instance_id] = place.port

    def deregister(self, place: Place) -> None:
        self.calls.append(f"deregister {place}")
        if self.registered.pop(place.instance_id, None):
            self.draining_until[place.instance_id] = self.clock + self.drain_seconds

    def targets(self, target_group_arn: str) -> Sequence[Target]:
        there = [Target(i, port, self.health(i, self.clock - 1_000.0)) for i, port in self.registered.items()]
        leaving = [Target(i, 3001, State.DRAINING) for i, until in self.draining_until.items() if until > self.clock]
        return [*there, *leaving]

    def answer(self, request: CloudFormationRequest, status: str, reason: str, data: None, physical_id: str) -> None:
        self.answers.append((status, reason, physical_id))

    def sleep(self, seconds: float) -> None:
        self.clock += seconds

    def serve(self, event: dict[str, Any]) -> tuple[str, str]:
        """Handle one event; return the status and the reason of the one answer."""
        ports = _Targets(self)
        world = World(self, ports, lambda _: self.rolling_back, self.answer, lambda: self.clock, self.sleep)
        serve(event, world, LAMBDA_SECONDS)
        ((status, reason, physical_id),) = self.answers
        assert physical_id == "shop-green"
        assert self.clock - 1_000.0 < LAMBDA_SECONDS, "the function would have been cut off before it answered"
        return status, reason


@dataclass
class _Targets:
    """The fake world's target group, under the port's name for the look."""

    world: FakeHostWorld

    def register(self, place: Place) -> None:
        self.world.register(place)

    def deregister(self, place: Place) -> None:
        self.world.deregister(place)

    def health(self, target_group_arn: str) -> Sequence[Target]:
        return self.world.targets(target_group_arn)


def event(kind: str, *, image: str = "shop:2.0.0", instance: str = NEW, old: str | None = None) -> dict[str, Any]:
    """A request for shop's green; `old` is the instance that an update finds it on."""
    request = {
        "RequestType": kind,
        "ResponseURL": "https://answer",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "ShopGreen",
        "ResourceProperties": _properties(image, instance),
    }
    if kind != "Create":
        request["PhysicalResourceId"] = "shop-green"
    if old:
        request["OldResourceProperties"] = _properties("shop:1.0.0", old)
    return request


def _properties(image: str, instance: str) -> dict[str, str]:
    return {
        "ServiceToken": "arn:function",
        "Service": "shop",
        "Color": "green",
        "Image": image,
        "Document": "Greenlight-RunColor",
        "InstanceId": instance,
        "Port": "3001",
        "TargetGroupArn": GROUP,
    }
