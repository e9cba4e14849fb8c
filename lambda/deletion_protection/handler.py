"""The entry for CloudFormation. Every path ends in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from custom_resource.context import LambdaContext
from custom_resource.judging import CALLS, judge
from traffic_switch.ports.answer import answer
from traffic_switch.ports.stack_status import status
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from deletion_protection.load_balancers import Elbv2LoadBalancers
from deletion_protection.procedure import decide
from deletion_protection.world import World

PHYSICAL_ID = "deletion-protection"


def handle(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Lambda's entry."""
    serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> None:
    """Turn the protection on or off and answer."""
    judge(event, PHYSICAL_ID, decide, world, seconds_left)


def world(surroundings: Surroundings) -> World:
    """What is around the function."""
    return World(
        load_balancers=Elbv2LoadBalancers(surroundings.client("elbv2", CALLS)),
        status=partial(status, surroundings.client("cloudformation", CALLS)),
        answer=partial(answer, surroundings=surroundings),
        surroundings=surroundings,
    )


@cache
def _world() -> World:
    return world(LambdaSurroundings())
