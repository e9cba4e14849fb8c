"""Lock: one switch of a service at a time."""

from __future__ import annotations

from typing import Any

from traffic_switch.errors import LockHeldError
from traffic_switch.handlers.entry import Event, entry, ruling
from traffic_switch.model import Mode, Switch
from traffic_switch.verdict import Judgment, failed, passed, wait
from traffic_switch.world import World

PATIENCE_SECONDS = 60.0
"""How long a restore or a removal waits for the switch before it; a release is refused at once."""

INTERVAL_SECONDS = 5


def take(event: Event, world: World) -> dict[str, Any]:
    """Take the lock, with the state machine's own deadline: past it, nobody holds it any more."""
    switch, progress = Switch.from_input(event["switch"]), event.get("progress") or {}
    now = world.now()
    since, look = progress.get("since", now), progress.get("look", 0) + 1
    judgment = _try(world, switch, now, since)
    after = {"since": since, "look": look}
    return ruling(world, switch, "lock", look, judgment, progress=after, wait_seconds=INTERVAL_SECONDS)


def _try(world: World, switch: Switch, now: float, since: float) -> Judgment:
    reason = f"{switch.mode} {switch.color} {switch.version}".strip()
    try:
        world.journal.lock(switch, reason, now, now + world.policy.switch_deadline_seconds)
    except LockHeldError as held:
        patient = switch.mode is not Mode.RELEASE and now - since < PATIENCE_SECONDS
        return wait(str(held)) if patient else failed(str(held))
    return passed(f"locked for {reason}")


handle = entry(take)
