"""What several tests of the switch begin with: CloudFormation's request, and a switch at a certain point."""

from __future__ import annotations

from typing import Any

from traffic_switch.contract import Color
from traffic_switch.handlers import lock, preflight, shift
from traffic_switch.model import Live, Switch, Weights

from tests.unit.switch_world import FakeWorld, switch

BLUE_LIVE = Live(Color.BLUE, "1", Weights(100, 0))


def cloudformation(kind: str = "Update", **properties: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "RequestId": "s1",
        "ResponseURL": "https://secret",
        "StackId": "stack",
        "LogicalResourceId": "Release",
        "PhysicalResourceId": "greenlight-release-shop",
        "ResourceProperties": {"Service": "shop", "Color": "green", "Version": "2", **properties},
    }


def begun(world: FakeWorld, run: Switch) -> dict[str, Any]:
    world.journal.open(run, cloudformation(), world.now())
    lock.take({"switch": run.as_input()}, world)
    return {"switch": run.as_input()}


def failed_after_shift(world: FakeWorld) -> dict[str, Any]:
    event = begun(world, switch())
    preflight.inspect(event, world)
    shift.move(event, world)
    return {**event, "failure": {"phase": "Bake", "reason": "5 % errors"}}
