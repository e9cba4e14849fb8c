"""The entry for CloudFormation. Every path ends in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from custom_resource.context import LambdaContext
from custom_resource.judging import CALLS, judge
from live_traffic.listener import Listeners
from traffic_switch.contract import KEPT_LISTENER_RESOURCE_TYPE
from traffic_switch.ports.answer import answer
from traffic_switch.ports.stack_status import status
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from deletion_protection import kept_listener
from deletion_protection.load_balancers import Elbv2LoadBalancers
from deletion_protection.procedure import decide
from deletion_protection.world import World

PHYSICAL_ID, KEPT_LISTENER = "deletion-protection", "kept-listener"


def handle(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Lambda's entry."""
    serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> None:
    """Judge a listener, or turn the protection on or off, and answer."""
    if event.get("ResourceType") == KEPT_LISTENER_RESOURCE_TYPE:
        judge(event, KEPT_LISTENER, kept_listener.judge, world, seconds_left)
        return
    judge(event, PHYSICAL_ID, decide, world, seconds_left)


def world(surroundings: Surroundings) -> World:
    """What is around the function."""
    elbv2 = surroundings.client("elbv2", CALLS)
    return World(
        load_balancers=Elbv2LoadBalancers(elbv2),
        only_served_at=lambda arn, port: Listeners(elbv2, arn).only_served_at(port),
        status=partial(status, surroundings.client("cloudformation", CALLS)),
        answer=partial(answer, surroundings=surroundings),
        surroundings=surroundings,
    )


@cache
def _world() -> World:
    return world(LambdaSurroundings())
