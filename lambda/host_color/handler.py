"""The entry for CloudFormation: whatever happens, it gets exactly one answer, before the function's time is up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

import boto3
from botocore.config import Config
from traffic_switch.ports import answer, stack_status
from traffic_switch.ports.answer import CloudFormationRequest

from host_color.model import Change, Kind
from host_color.ports.commands import Commands
from host_color.ports.targets import Targets
from host_color.procedure import restore, run
from host_color.world import World

log = logging.getLogger(__name__)

ANSWER_SECONDS = 75.0
"""What is kept of the function's time for the last call to AWS (three attempts) and for the answer."""

ROLLBACK_SECONDS = 300.0
"""How long a rollback tries to get the old state back before it goes on without."""

CALLS = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=3, read_timeout=10)


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int: ...


def handle(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Lambda's entry."""
    serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> None:
    """Do what the event asks and answer for it. The physical id never changes, so no update becomes a replacement."""
    request = CloudFormationRequest.from_event(event)
    try:
        status, reason = "SUCCESS", _carry_out(Change.from_event(event), world, seconds_left - ANSWER_SECONDS)
    except Exception as error:
        log.exception("the color was not changed")
        status, reason = "FAILED", f"{error}"
        if event["RequestType"] == Kind.DELETE:
            status = "SUCCESS"
    world.answer(request, status, reason, None, request.physical_id or _physical_id(event))


def _carry_out(change: Change, world: World, seconds: float) -> str:
    """Return what was done, for the stack's events."""
    if change.kind is Kind.DELETE:
        world.targets.deregister(change.wanted.place)
        return f"{change.wanted.name} is out of its target group"
    if change.kind is Kind.UPDATE and world.is_rolling_back(change.stack_id):
        return _roll_back(change, world, min(seconds, ROLLBACK_SECONDS))
    run(change, world, world.now() + seconds)
    return f"{change.wanted.name} runs {change.wanted.image} at {change.wanted.place}"


def _roll_back(change: Change, world: World, seconds: float) -> str:
    """Do the same work, but let the rollback go on without it: a failure here would leave the stack stuck."""
    try:
        restore(change, world, world.now() + seconds)
    except Exception as error:
        log.exception("the rollback goes on without this color")
        return f"{change.wanted.name} may not run {change.wanted.image}: {error}"
    return f"{change.wanted.name} runs {change.wanted.image} again"


def _physical_id(event: Mapping[str, Any]) -> str:
    properties = event["ResourceProperties"]
    return f"{properties.get('Service')}-{properties.get('Color')}"


@cache
def _world() -> World:
    cloudformation = boto3.client("cloudformation", config=CALLS)
    return World(
        commands=Commands(boto3.client("ssm", config=CALLS)),
        targets=Targets(boto3.client("elbv2", config=CALLS)),
        is_rolling_back=lambda stack_id: stack_status.is_rolling_back(cloudformation, stack_id),
        answer=answer.answer,
    )
