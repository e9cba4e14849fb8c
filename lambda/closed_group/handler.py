"""The entry for CloudFormation. Every path ends in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from custom_resource.context import LambdaContext
from custom_resource.judging import CALLS, judge
from traffic_switch.ports.answer import answer
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from closed_group.groups import Ec2Groups
from closed_group.procedure import decide
from closed_group.world import World

PHYSICAL_ID = "closed-group"


def handle(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Lambda's entry."""
    serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> None:
    """Close the group and answer."""
    judge(event, PHYSICAL_ID, decide, world, seconds_left)


def world(surroundings: Surroundings) -> World:
    """What is around the function."""
    return World(
        groups=Ec2Groups(surroundings.client("ec2", CALLS)),
        answer=partial(answer, surroundings=surroundings),
        surroundings=surroundings,
    )


@cache
def _world() -> World:
    return world(LambdaSurroundings())
