"""Refusing a request that cannot be understood, without leaving its stack stuck."""

from __future__ import annotations

from collections.abc import Mapping

from traffic_switch.asking import DELETE, answerable
from traffic_switch.errors import JournalError, RequestError
from traffic_switch.handlers.entry import Event, log
from traffic_switch.handlers.respond import physical_id
from traffic_switch.journal import Answer
from traffic_switch.stack_looks import FORWARD, STATUS_PATIENCE_SECONDS, STATUS_PAUSE_SECONDS
from traffic_switch.world import World


def refuse(event: Event, world: World, error: Exception) -> None:
    """Answer a request that cannot be understood. A rollback succeeds all the same, or the stack would be stuck; a
    removal does if there is nothing to remove.
    """
    log.error("the request was refused", extra={"problem": str(error)})
    try:
        request = answerable(event)
    except RequestError:
        return
    properties = event.get("ResourceProperties")
    service = str(properties.get("Service", "unknown")) if isinstance(properties, Mapping) else "unknown"
    good = _may_succeed(event, world, service)
    world.answer(request, Answer("SUCCESS" if good else "FAILED", str(error)), physical_id(service))


def _may_succeed(event: Event, world: World, service: str) -> bool:
    if event.get("RequestType") != DELETE:
        return not _goes_forward(world, str(event["StackId"]))
    try:
        return world.journal.live(service) is None and world.journal.lock(service) is None
    except JournalError:
        return False


def _goes_forward(world: World, stack_id: str) -> bool:
    """Looked at for as long as the status may lag behind: FAILED, said to a rollback, would leave the stack stuck."""
    deadline = world.monotonic() + STATUS_PATIENCE_SECONDS
    while world.stack(stack_id).status in FORWARD:
        if world.monotonic() >= deadline:
            return True
        world.sleep(STATUS_PAUSE_SECONDS)
    return False
