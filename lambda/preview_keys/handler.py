"""The entry for CloudFormation, for the schedule, and for whoever asks for a rotation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from custom_resource.context import LambdaContext
from custom_resource.judging import CALLS, judge
from custom_resource.patience import Patience
from custom_resource.request import Event, Kind, kind_of
from traffic_switch.contract import (
    LOAD_BALANCER_VARIABLE,
    PREVIEW_NAMES_VARIABLE,
    PREVIEW_SECRET_VARIABLE,
    ROTATION_DAYS_VARIABLE,
    SPREAD_SECONDS_VARIABLE,
)
from traffic_switch.journal import Answer
from traffic_switch.ports.answer import answer
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from preview_keys.ports.rules import PreviewRules
from preview_keys.ports.secret import SecretsManagerSecret
from preview_keys.procedure import ensure, tend
from preview_keys.world import World

PHYSICAL_ID = "preview-keys"
SECRET_BYTES = 24
ROTATE = "rotate"
"""The key of the event with which somebody asks for a rotation."""


def handle(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry."""
    return serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> dict[str, Any]:
    """Answer CloudFormation, or look after the values and say what was done; no value is ever said."""
    if "RequestType" in event:
        judge(event, PHYSICAL_ID, decide, world, seconds_left)
        return {}
    told = tend(world, is_asked=event.get(ROTATE) is True)
    until = f"{datetime.fromtimestamp(told.old_until, UTC):%Y-%m-%dT%H:%M:%SZ}" if told.old_until else ""
    return {"rotated": list(told.rotated), "refused": told.refused, "old_until": until}


def decide(event: Event, world: World, patience: Patience) -> Answer:
    """Make what the preview rules refer to, before they do. Return SUCCESS and the reason."""
    if kind_of(event) is Kind.DELETE:
        return Answer("SUCCESS", "the values go with their secret")
    patience(lambda: ensure(world))
    return Answer("SUCCESS", "every color has a value of its own")


def world(surroundings: Surroundings) -> World:
    """What is around the function."""
    environment = surroundings.environment
    secret = surroundings.client("secretsmanager", CALLS)
    return World(
        secret=SecretsManagerSecret(secret, environment[PREVIEW_SECRET_VARIABLE]),
        rules=PreviewRules(lambda: surroundings.client("elbv2", CALLS), environment[LOAD_BALANCER_VARIABLE]),
        names=environment[PREVIEW_NAMES_VARIABLE].split(","),
        rotation_days=int(environment[ROTATION_DAYS_VARIABLE]),
        spread_seconds=float(environment[SPREAD_SECONDS_VARIABLE]),
        fresh=lambda name: f"{name}-{secrets.token_hex(SECRET_BYTES)}",
        answer=partial(answer, surroundings=surroundings),
        surroundings=surroundings,
    )


@cache
def _world() -> World:
    return world(LambdaSurroundings())
