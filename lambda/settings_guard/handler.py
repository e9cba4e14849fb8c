"""The entry for CloudFormation: refuse, or let the network's own resources go on. Every path ends in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from custom_resource.context import LambdaContext
from custom_resource.judging import CALLS, judge
from custom_resource.stack import is_rolling_back
from traffic_switch.ports.answer import answer
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from settings_guard.procedure import decide
from settings_guard.world import World

PHYSICAL_ID = "settings-guard"


def handle(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Lambda's entry."""
    serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> None:
    """Judge what changes and answer."""
    judge(event, PHYSICAL_ID, decide, world, seconds_left)


def world(surroundings: Surroundings) -> World:
    """What is around the function."""
    return World(
        is_rolling_back=partial(is_rolling_back, surroundings.client("cloudformation", CALLS)),
        answer=partial(answer, surroundings=surroundings),
        surroundings=surroundings,
    )


@cache
def _world() -> World:
    return world(LambdaSurroundings())
