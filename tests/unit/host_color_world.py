"""A world without AWS, in which one color lives on a host, and the requests that CloudFormation sends about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from host_color.errors import HostUnreachableError, NotAllowedError
from host_color.handler import serve
from host_color.judgment import Invocation
from host_color.model import HostColor, Place, Step
from host_color.world import World
from traffic_switch.journal import Lock
from traffic_switch.model import State, Target
from traffic_switch.ports.answer import CloudFormationRequest

from tests.unit.fake_surroundings import FakeSurroundings

GROUP, LISTENER = "arn:target-group/shop-green", "arn:listener"
OLD, NEW = "i-0old", "i-0new"
LAMBDA_SECONDS = 900.0

Health = Callable[[str, float], str]


class Killed(BaseException):
    """The function's process ends here."""


@dataclass
class FakeHostWorld:
    """Time, Systems Manager, the journal, a listener and one target group.

    `calls` is all that was changed, in order; `killed_at` is the number of calls after which the function is killed.
    `containers` are the images that run, by instance, and `weight` is what the listener gives the color.
    """

    reachable_after: float = 0.0
    refuses: bool = False
    status: str = "Success"
    fails_at: Step | None = None
    output: str = ""
    health: Health = lambda instance, now: State.HEALTHY
    drain_seconds: float = 0.0
    rolling_back: bool = False
    weight: int = 0
    switch: Lock | None = None
    killed_at: int | None = None
    broken: set[str] = field(default_factory=set)
    containers: dict[str, str] = field(default_factory=dict)
    registered: dict[str, int] = field(default_factory=dict)
    draining_until: dict[str, float] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    around: FakeSurroundings = field(default_factory=FakeSurroundings)

    @property
    def seconds(self) -> float:
        """How long it all took."""
        return self.around.clock - 1_000.0

    def send(self, color: HostColor, step: Step) -> str:
        instance = color.place.instance_id
        if self.refuses:
            raise NotAllowedError("AccessDeniedException: no ssm:SendCommand")
        if self.seconds < self.reachable_after:
            raise HostUnreachableError(f"{instance} has not registered")
        if step is Step.PREPARE:
            runs = self.containers.get(instance) == color.image
            return f"greenlight: {color.name} runs {color.image} already" if runs else "prepare"
        self.call(f"run {color.name} {color.image} on {instance}")
        if self._status(step.value) == "Success":
            self.containers[instance] = color.image
        return "run"

    def look(self, command_id: str, instance_id: str) -> Invocation | None:
        return Invocation(self._status(command_id), f"{command_id}\n{self.output}")

    def _status(self, command_id: str) -> str:
        return self.status if self.fails_at is None or command_id == self.fails_at else "Success"

    def register(self, place: Place) -> None:
        self.call(f"register {place}")
        self.registered[place.instance_id] = place.port

    def deregister(self, place: Place) -> None:
        self.call(f"deregister {place}")
        if self.registered.pop(place.instance_id, None):
            self.draining_until[place.instance_id] = self.around.clock + self.drain_seconds

    def call(self, what: str) -> None:
        if len(self.calls) == self.killed_at:
            self.killed_at = None
            raise Killed
        self.calls.append(what)

    def targets(self, target_group_arn: str) -> Sequence[Target]:
        there = [Target(i, port, self.health(i, self.seconds)) for i, port in self.registered.items()]
        leaving = [Target(i, 3001, State.DRAINING) for i, end in self.draining_until.items() if end > self.around.clock]
        return [*there, *leaving]

    def lock(self, service: str) -> Lock | None:
        self._require("lock")
        return self.switch

    def weights(self, listener_arn: str) -> Mapping[str, int]:
        self._require("weights")
        assert listener_arn == LISTENER
        return {GROUP: self.weight}

    def stack(self, stack_id: str) -> bool:
        self._require("stack")
        return self.rolling_back

    def _require(self, what: str) -> None:
        if what in self.broken:
            raise RuntimeError(f"the {what} cannot be read")

    def answer(
        self, request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
    ) -> None:
        self.answers.append((status, reason, physical_id))

    def serve(self, event: dict[str, Any]) -> tuple[str, str]:
        """Handle one event; return the status and the reason of the one answer."""
        before = len(self.answers)
        started = self.around.clock
        ports = _Targets(self)
        world = World(self, ports, self.lock, self.weights, self.stack, self.answer, self.around)
        serve(event, world, LAMBDA_SECONDS)
        ((status, reason, physical_id),) = self.answers[before:]
        assert physical_id == "shop-green"
        assert self.around.clock - started < LAMBDA_SECONDS, "the function would have been cut off before it answered"
        return status, reason

    def serve_killed(self, event: dict[str, Any]) -> None:
        """Handle an event with a function that is killed in the middle; a minute passes until Lambda runs it again."""
        try:
            self.serve(event)
        except Killed:
            self.around.clock += 60.0
        else:
            raise AssertionError("the function was not killed")


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
        "ListenerArn": LISTENER,
    }
