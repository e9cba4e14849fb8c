"""Done: what is live is remembered, so that the next switch knows what it must not lose."""

from __future__ import annotations

from typing import Any

from traffic_switch.handlers.entry import Event, entry, ruling
from traffic_switch.model import Live, Switch, Weights
from traffic_switch.verdict import passed
from traffic_switch.world import World


def finish(event: Event, world: World) -> dict[str, Any]:
    """Record the color and version as live."""
    switch = Switch.from_input(event["switch"])
    reason = f"{switch.service} is live on {switch.color} with version {switch.version}"
    world.journal.remember_live(switch.service, Live(switch.color, switch.version, Weights.all_on(switch.color)))
    world.journal.close(switch.id, "DONE", reason)
    return ruling(world, switch, "done", 1, passed(reason), outcome="DONE")


handle = entry(finish)
