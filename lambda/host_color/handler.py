"""The entry for CloudFormation: whatever happens, it gets exactly one answer, before the function's time is up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from botocore.config import Config
from custom_resource.context import LambdaContext
from custom_resource.patience import Patience
from custom_resource.request import Kind
from custom_resource.serving import serve as answer_once
from custom_resource.stack import is_known_to_roll_back, is_rolling_back
from live_traffic.listener import Listeners
from traffic_switch.config import load_balancer_of
from traffic_switch.contract import JOURNAL_VARIABLE
from traffic_switch.journal import Answer
from traffic_switch.ports.answer import answer
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.journal_table import JournalTable
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from host_color.model import Change
from host_color.ports.commands import Commands
from host_color.ports.targets import Targets
from host_color.procedure import Procedure
from host_color.world import World

log = logging.getLogger(__name__)

ANSWER_SECONDS = 90.0
"""What is kept of the function's time for the last call to AWS (three attempts) and for the answer."""

ROLLBACK_SECONDS = 300.0
"""How long a rollback tries to get the old state back before it goes on without."""

CALLS = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=2, read_timeout=8)


def handle(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Lambda's entry."""
    serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> None:
    """Do what the event asks and answer for it. The physical id never changes, so no update becomes a replacement.

    Lambda runs an event again when its answer did not arrive: what is done already is then left as it is.
    """
    seconds = seconds_left - ANSWER_SECONDS
    answer_once(event, _physical_id(event), lambda: _carry_out(event, world, seconds), world.answer)


def _carry_out(event: Mapping[str, Any], world: World, seconds: float) -> Answer:
    """Return SUCCESS or FAILED with what was done, for the stack's events."""
    if event.get("RequestType") == Kind.DELETE:
        return Answer("SUCCESS", _delete(event, world))
    patience = Patience(world.surroundings, seconds)
    if is_known_to_roll_back(event, world.is_rolling_back, patience):
        return Answer("SUCCESS", _roll_back(event, world, min(seconds, ROLLBACK_SECONDS)))
    try:
        return Answer("SUCCESS", _go_forward(event, world, seconds))
    except Exception:
        if not is_known_to_roll_back(event, world.is_rolling_back, patience):
            raise
        log.exception("the change did not work, but its stack is rolling back")
        return Answer("SUCCESS", _roll_back(event, world, min(patience.seconds_left, ROLLBACK_SECONDS)))


def _go_forward(event: Mapping[str, Any], world: World, seconds: float) -> str:
    change = Change.from_event(event)
    Procedure(change, world, seconds).run()
    return f"{change.wanted.name} runs {change.wanted.image} at {change.wanted.place}"


def _delete(event: Mapping[str, Any], world: World) -> str:
    """A deletion never fails: what cannot be read was never made, and what AWS refuses goes with the stack."""
    try:
        wanted = Change.from_event(event).wanted
        world.targets.deregister(wanted.place)
    except Exception as error:
        log.exception("the color was not taken out")
        return f"the color may still be in its target group: {error}"
    return f"{wanted.name} is out of its target group"


def _roll_back(event: Mapping[str, Any], world: World, seconds: float) -> str:
    """Do the same work, but let the rollback go on without it: a failure here would leave the stack stuck."""
    try:
        change = Change.from_event(event)
        Procedure(change, world, seconds).restore()
    except Exception as error:
        log.exception("the rollback goes on without this color")
        return f"{_physical_id(event)} may not run what it did before: {error}"
    return f"{change.wanted.name} runs {change.wanted.image} again"


def _physical_id(event: Mapping[str, Any]) -> str:
    declared = event.get("ResourceProperties") or {}
    return f"{declared.get('Service', 'unknown')}-{declared.get('Color', 'unknown')}"


def world(surroundings: Surroundings) -> World:
    """What is around the function, by its environment."""
    elbv2 = surroundings.client("elbv2", CALLS)
    table = JournalTable(
        surroundings.client("dynamodb", CALLS), surroundings.environment[JOURNAL_VARIABLE], surroundings.sleep
    )
    return World(
        commands=Commands(surroundings.client("ssm", CALLS)),
        targets=Targets(elbv2),
        lock=DynamoJournal(table).lock,
        weights=lambda listener_arn: Listeners(elbv2, load_balancer_of(listener_arn)).weights(),
        is_rolling_back=partial(is_rolling_back, surroundings.client("cloudformation", CALLS)),
        answer=partial(answer, surroundings=surroundings),
        surroundings=surroundings,
    )


@cache
def _world() -> World:
    return world(LambdaSurroundings())
