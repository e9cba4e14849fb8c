"""The entry for CloudFormation: refuse, or let the colors' own resources go on. Every path ends in one answer."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from traffic_switch.contract import Color
from traffic_switch.model import Weights
from traffic_switch.ports import answer, stack_status
from traffic_switch.ports.answer import CloudFormationRequest
from traffic_switch.ports.listener_rule import ListenerRule
from traffic_switch.verdict import Judgment, Verdict, passed

from version_guard.judgment import judge_images, judge_live, running_tags, unproved
from version_guard.model import Declaration, GuardedService, services
from version_guard.ports.images import Images
from version_guard.world import ImagesPort, World

log = logging.getLogger(__name__)

TAGS_NAMED = 5
CALLS = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=3, read_timeout=10)


def handle(event: Mapping[str, Any], _context: object) -> None:
    """Lambda's entry."""
    serve(event, _world())


def serve(event: Mapping[str, Any], world: World) -> None:
    """Judge what the event declares and answer. Only a deployment that goes forward is ever refused."""
    request = CloudFormationRequest.from_event(event)
    try:
        judgment = _judge(event, world)
        status, reason = "FAILED" if judgment.verdict is Verdict.FAIL else "SUCCESS", judgment.reason
    except Exception as error:
        log.exception("the declaration was not judged")
        status, reason = "FAILED", f"the versions could not be checked: {error}"
    world.answer(request, status, reason, None, request.physical_id or f"version-guard-{_service(event)}")


def _judge(event: Mapping[str, Any], world: World) -> Judgment:
    if event["RequestType"] == "Delete":
        return passed("nothing to guard")
    wanted = Declaration.from_properties(event["ResourceProperties"])
    service = world.services[wanted.service]
    if event["RequestType"] == "Update" and world.is_rolling_back(event["StackId"]):
        return _roll_back(wanted, world.images(service))
    old = event.get("OldResourceProperties")
    return _go_forward(wanted, Declaration.from_properties(old) if old else None, service, world)


def _go_forward(wanted: Declaration, before: Declaration | None, service: GuardedService, world: World) -> Judgment:
    """Judge the live color first: it is the graver refusal, and needs no look at the images."""
    live = judge_live(wanted, before, world.weights(service))
    if live.verdict is Verdict.FAIL:
        return live
    images = world.images(service)
    missing = images.missing(unproved(wanted, before))
    found = judge_images(wanted, service.repository, missing, images.newest(TAGS_NAMED) if missing else ())
    if found.verdict is Verdict.PASS:
        _mark_running(wanted, images)
    return found


def _roll_back(wanted: Declaration, images: ImagesPort) -> Judgment:
    """Never stop a rollback, whatever it goes back to; put the tags back if that works."""
    try:
        _mark_running(wanted, images)
    except Exception:
        log.exception("the tags of what runs could not be put back")
    return passed("rolling back")


def _mark_running(wanted: Declaration, images: ImagesPort) -> None:
    for tag, version in running_tags(wanted).items():
        images.mark(tag, version)


def _service(event: Mapping[str, Any]) -> str:
    return str(event["ResourceProperties"].get("Service", "unknown"))


@cache
def _world() -> World:
    elbv2 = boto3.client("elbv2", config=CALLS)
    ecr: Any = boto3.client("ecr", config=CALLS)
    cloudformation = boto3.client("cloudformation", config=CALLS)

    def weights(service: GuardedService) -> Weights | None:
        arns = service.target_group_arns
        return ListenerRule(elbv2, service.listener_arn, service.priority).weights(arns[Color.BLUE], arns[Color.GREEN])

    return World(
        services=services(os.environ),
        images=lambda service: Images(ecr, service.repository),
        weights=weights,
        is_rolling_back=lambda stack_id: stack_status.is_rolling_back(cloudformation, stack_id),
        answer=answer.answer,
    )
