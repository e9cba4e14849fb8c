"""Settle: an execution died (timed out, stopped, failed), and what it left open is closed for it."""

from __future__ import annotations

import json
from typing import Any

from traffic_switch.handlers import respond, rollback
from traffic_switch.handlers.entry import Event, entry, log
from traffic_switch.journal import Record
from traffic_switch.model import Mode, Switch
from traffic_switch.world import World


def settle(event: Event, world: World) -> dict[str, Any]:
    """Roll back unless the switch had ended, then answer. An execution that closed itself is left alone."""
    detail = event["detail"]
    switch = Switch.from_input(json.loads(detail["input"]))
    record = world.journal.record(switch.id)
    if record is None or (record.outcome and record.request is None):
        return {"settled": False}
    step = {"switch": switch.as_input(), "failure": {"phase": "", "reason": _died(detail)}}
    respond.respond({**step, "result": _closed(step, switch, record, world)}, world)
    return {"settled": True}


def _closed(step: Event, switch: Switch, record: Record, world: World) -> dict[str, Any]:
    if record.outcome or switch.mode is Mode.REMOVE:
        return {"outcome": record.outcome, "reason": record.reason or step["failure"]["reason"]}
    try:
        return rollback.restore(step, world)
    except Exception as error:
        log.exception("the rollback failed twice")
        return _held(switch, f"{step['failure']['reason']}. The rollback failed too: {error}", world)


def _held(switch: Switch, reason: str, world: World) -> dict[str, Any]:
    """Nobody else is left to try: a person must."""
    world.journal.close(switch.id, "HELD", reason)
    world.notifier.tell(f"PAGE: Greenlight {switch.service}: {switch.mode} HELD", reason)
    return {"outcome": "HELD", "reason": reason}


def _died(detail: Event) -> str:
    cause = detail.get("cause") or detail.get("error") or "no cause was given"
    return f"The switch did not end by itself but was {detail['status']}: {cause}"


handle = entry(settle)
