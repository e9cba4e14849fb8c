"""What becomes of a color on the host, and what CloudFormation hears of it, in a world without AWS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from host_color.errors import HostUnreachableError, NotAllowedError
from host_color.handler import serve
from host_color.judgement import Invocation
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


def test_a_new_color_is_started_first_and_registered_then() -> None:
    world = FakeHostWorld()

    status, _ = world.serve(event("Create"))

    assert status == "SUCCESS"
    assert world.calls == [f"run shop-green shop:2.0.0 on {NEW}", f"register {NEW}:3001"]


def test_a_new_color_does_not_have_to_be_healthy_since_the_gate_judges_that() -> None:
    world = FakeHostWorld(health=lambda instance, now: State.UNHEALTHY)

    assert world.serve(event("Create"))[0] == "SUCCESS"


def test_a_host_that_still_boots_is_waited_for() -> None:
    world = FakeHostWorld(reachable_after=120.0)

    assert world.serve(event("Create"))[0] == "SUCCESS"


def test_a_host_that_never_comes_up_fails_in_time_and_says_so() -> None:
    world = FakeHostWorld(reachable_after=1e9)

    status, reason = world.serve(event("Create"))

    assert status == "FAILED"
    assert reason == f"{NEW} has not registered"


def test_a_refusal_by_iam_is_tried_again_for_seconds_only() -> None:
    world = FakeHostWorld(refuses=True)

    status, reason = world.serve(event("Create"))

    assert (status, world.clock - 1_000.0 < 40.0) == ("FAILED", True)
    assert "ssm:SendCommand" in reason


def test_a_failed_command_fails_with_the_end_of_its_output_and_registers_nothing() -> None:
    world = FakeHostWorld(status="Failed", output="pulling\ngreenlight: cannot pull shop:2.0.0\n")

    status, reason = world.serve(event("Create"))

    assert status == "FAILED"
    assert reason.endswith("the command ended as Failed: pulling / greenlight: cannot pull shop:2.0.0")
    assert world.registered == {}


def test_a_command_that_never_ends_fails_in_time() -> None:
    world = FakeHostWorld(status="InProgress")

    status, reason = world.serve(event("Update", old=NEW))

    assert status == "FAILED"
    assert "has not ended" in reason


def test_the_health_of_the_old_container_says_nothing_about_the_new_one() -> None:
    world = FakeHostWorld(registered={NEW: 3001})

    world.serve(event("Update", old=NEW))

    assert [call.split()[0] for call in world.calls] == ["deregister", "run", "register"]


def test_an_update_that_keeps_the_image_takes_nothing_out_of_the_target_group() -> None:
    world = FakeHostWorld(registered={NEW: 3001})

    world.serve(event("Update", image="shop:1.0.0", old=NEW))

    assert [call for call in world.calls if call.startswith("deregister")] == []


def test_a_new_version_that_does_not_start_is_registered_all_the_same_for_its_checks_to_judge() -> None:
    world = FakeHostWorld(registered={NEW: 3001}, status="Failed")

    world.serve(event("Update", old=NEW))

    assert world.registered == {NEW: 3001}


def test_a_color_leaves_its_old_host_only_after_it_is_healthy_on_the_new_one() -> None:
    world = FakeHostWorld(
        registered={OLD: 3001}, health=lambda i, now: State.HEALTHY if i == OLD or now > 60 else "initial"
    )

    status, _ = world.serve(event("Update", old=OLD))

    assert status == "SUCCESS"
    assert world.calls[-2:] == [f"register {NEW}:3001", f"deregister {OLD}:3001"]
    assert world.clock - 1_000.0 > 60.0


def test_a_color_that_leaves_is_drained_before_cloudformation_may_end_its_host() -> None:
    world = FakeHostWorld(registered={OLD: 3001}, drain_seconds=90.0)

    world.serve(event("Update", old=OLD))

    assert world.clock - 1_000.0 >= 90.0


def test_a_color_that_is_healthy_on_the_old_host_alone_stays_there() -> None:
    world = FakeHostWorld(registered={OLD: 3001}, health=lambda i, now: State.HEALTHY if i == OLD else State.UNHEALTHY)

    status, reason = world.serve(event("Update", old=OLD))

    assert status == "FAILED"
    assert f"{NEW}:3001 is unhealthy while {OLD}:3001, which it would replace, is healthy" in reason
    assert world.registered == {OLD: 3001}


def test_a_color_that_is_healthy_nowhere_moves_all_the_same() -> None:
    world = FakeHostWorld(registered={OLD: 3001}, health=lambda i, now: State.UNHEALTHY)

    assert world.serve(event("Update", old=OLD))[0] == "SUCCESS"
    assert world.registered == {NEW: 3001}


def test_a_rollback_does_the_same_work() -> None:
    world = FakeHostWorld(rolling_back=True, registered={NEW: 3001})

    world.serve(event("Update", image="shop:1.0.0", instance=OLD, old=NEW))

    assert world.calls == [
        f"run shop-green shop:1.0.0 on {OLD}",
        f"register {OLD}:3001",
        f"deregister {NEW}:3001",
    ]


@pytest.mark.parametrize("trouble", [{"status": "Failed"}, {"reachable_after": 1e9}, {"refuses": True}])
def test_a_rollback_goes_on_whatever_fails_with_the_target_where_it_was(trouble: dict[str, Any]) -> None:
    world = FakeHostWorld(rolling_back=True, registered={NEW: 3001}, **trouble)

    status, _ = world.serve(event("Update", instance=OLD, old=NEW))

    assert status == "SUCCESS"
    assert world.registered == {OLD: 3001}
    assert world.clock - 1_000.0 <= 310.0


def test_a_rollback_leaves_the_host_that_is_about_to_end_even_when_only_that_one_is_healthy() -> None:
    world = FakeHostWorld(
        rolling_back=True,
        registered={NEW: 3001},
        health=lambda i, now: State.HEALTHY if i == NEW else State.UNHEALTHY,
    )

    world.serve(event("Update", instance=OLD, old=NEW))

    assert world.registered == {OLD: 3001}


def test_a_deleted_color_is_out_of_its_target_group() -> None:
    world = FakeHostWorld(registered={NEW: 3001})

    assert world.serve(event("Delete"))[0] == "SUCCESS"
    assert world.registered == {}


def test_a_deletion_succeeds_even_when_aws_does_not_answer() -> None:
    class Broken(FakeHostWorld):
        def deregister(self, place: Place) -> None:
            raise RuntimeError("ELBv2 does not answer")

    assert Broken().serve(event("Delete"))[0] == "SUCCESS"


def test_a_request_that_makes_no_sense_is_answered_too() -> None:
    broken = event("Create")
    del broken["ResourceProperties"]["Image"]

    assert FakeHostWorld().serve(broken)[0] == "FAILED"
