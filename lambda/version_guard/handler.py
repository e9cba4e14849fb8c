"""The entry for CloudFormation: refuse, or let the colors' own resources go on. Every path ends in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from custom_resource.context import LambdaContext
from custom_resource.judging import CALLS, judge
from custom_resource.stack import is_rolling_back
from live_traffic.listener import Listeners
from traffic_switch.config import load_balancer_of
from traffic_switch.contract import JOURNAL_VARIABLE, Color
from traffic_switch.ports.answer import answer
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.image_memory import ImageMemory
from traffic_switch.ports.journal_table import JournalTable
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from version_guard.model import GuardedService, services
from version_guard.ports.images import Images
from version_guard.ports.scans import Scans
from version_guard.ports.signatures import Signatures
from version_guard.procedure import decide
from version_guard.world import World


def handle(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Lambda's entry."""
    serve(event, _world(), seconds_left=context.get_remaining_time_in_millis() / 1000)


def serve(event: Mapping[str, Any], world: World, seconds_left: float) -> None:
    """Judge what the event declares and answer."""
    judge(event, _physical_id(event), decide, world, seconds_left)


def world(surroundings: Surroundings) -> World:
    """What is around the function, by its environment."""
    elbv2, ecr = surroundings.client("elbv2", CALLS), surroundings.client("ecr", CALLS)
    table = JournalTable(
        surroundings.client("dynamodb", CALLS), surroundings.environment[JOURNAL_VARIABLE], surroundings.sleep
    )

    def weights(service: GuardedService) -> Mapping[Color, int]:
        found = Listeners(elbv2, load_balancer_of(service.listener_arn)).weights()
        return {color: found.get(service.target_group_arns[color], 0) for color in Color}

    return World(
        services=services(surroundings.environment),
        images=lambda service: Images(ecr, service.repository),
        scans=lambda service: Scans(ecr, service.repository),
        signatures=lambda service: Signatures(ecr, service.repository),
        weights=weights,
        journal=DynamoJournal(table),
        memory=ImageMemory(table),
        is_rolling_back=partial(is_rolling_back, surroundings.client("cloudformation", CALLS)),
        answer=partial(answer, surroundings=surroundings),
        surroundings=surroundings,
    )


@cache
def _world() -> World:
    return world(LambdaSurroundings())


def _physical_id(event: Mapping[str, Any]) -> str:
    declared = event.get("ResourceProperties") or {}
    return f"version-guard-{declared.get('Service', 'unknown')}"
