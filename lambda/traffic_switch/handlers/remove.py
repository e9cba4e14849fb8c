"""Remove: the release is being deleted, and its production rule with it."""

from __future__ import annotations

from typing import Any

from traffic_switch.handlers.entry import Event, entry, ruling
from traffic_switch.model import Switch
from traffic_switch.verdict import passed
from traffic_switch.world import World


def remove(event: Event, world: World) -> dict[str, Any]:
    """Delete the rule, which would otherwise keep CloudFormation from deleting the target groups."""
    switch = Switch.from_input(event["switch"])
    world.rule(world.services[switch.service]).remove()
    world.journal.remember_live(switch.service, None)
    reason = f"the production rule of {switch.service} is gone"
    world.journal.close(switch.id, "REMOVED", reason)
    return ruling(world, switch, "remove", 1, passed(reason), outcome="REMOVED")


handle = entry(remove)
