"""Respond: the lock is freed, and CloudFormation gets its one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traffic_switch.handlers.entry import Event, entry
from traffic_switch.journal import Answer, Record
from traffic_switch.model import Mode, Switch
from traffic_switch.ports.answer import CloudFormationRequest
from traffic_switch.world import World


def respond(event: Event, world: World) -> dict[str, Any]:
    """Unlock first: an answer ends the stack's operation, and the next one may start a switch at once."""
    switch = Switch.from_input(event["switch"])
    world.journal.unlock(switch)
    record = world.journal.record(switch.id)
    decided = world.journal.decide_answer(switch.id, _answer(world, switch, event.get("result") or {}, record))
    if record and record.request:
        world.answer(CloudFormationRequest.from_event(record.request), decided, physical_id(switch.service))
        world.journal.forget_request(switch.id)
    return {"status": decided.status, "reason": decided.reason}


def physical_id(service: str) -> str:
    """One per service, for ever: another one would make CloudFormation delete the release it replaces."""
    return f"greenlight-release-{service}"


def _answer(world: World, switch: Switch, result: Mapping[str, Any], record: Record | None) -> Answer:
    """A restore and a removal always succeed: a failed one leaves the stack where only a person gets it out."""
    outcome = result.get("outcome") or (record.outcome if record else "") or "UNCHANGED"
    good = outcome == "DONE" or switch.mode is not Mode.RELEASE
    live = world.journal.live(switch.service)
    data = {"ActiveColor": live.color.value if live else "none", "Outcome": outcome}
    return Answer("SUCCESS" if good else "FAILED", str(result.get("reason", "")) or outcome, data)


handle = entry(respond)
