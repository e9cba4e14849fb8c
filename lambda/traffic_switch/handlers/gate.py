"""Gate: one look at the health of the idle color."""

from __future__ import annotations

from traffic_switch import gate
from traffic_switch.authentic import own_switch
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.model import Mode, Switch
from traffic_switch.verdict import failed
from traffic_switch.world import World


def look(event: Event, world: World) -> Result:
    """Judge one look; the state machine carries the streak and the start from look to look."""
    switch, progress = own_switch(event, world, Mode.RELEASE), event.get("progress") or {}
    now = world.now()
    since, number = progress.get("since", now), progress.get("look", 0) + 1
    targets = world.target_groups.targets(world.services[switch.service].target_groups[switch.color].arn)
    judgment, streak = gate.judge(targets, progress.get("streak", 0), now - since, world.policy)
    if abort := _abort(world, switch):
        judgment = failed(f"the operator aborted it: {abort}")
    after = {"since": since, "look": number, "streak": streak}
    pause = world.policy.gate_interval_seconds
    return ruling(world, switch, "gate", number, judgment, progress=after, wait_seconds=pause)


def _abort(world: World, switch: Switch) -> str:
    record = world.journal.record(switch.id)
    return record.abort if record else ""


handle = Entry(look)
