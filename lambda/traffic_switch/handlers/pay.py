"""Pay: traffic that a dead switch left where it had moved it comes back before anything else is done."""

from __future__ import annotations

from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.locking import hold_of
from traffic_switch.model import Switch
from traffic_switch.taking_back import pay
from traffic_switch.verdict import failed, passed
from traffic_switch.world import World


def settle_debt(event: Event, world: World) -> Result:
    """Take it back, with all that a rollback proves and waits for."""
    switch, hold = Switch.from_input(event["switch"]), hold_of(event, world)
    problem = pay(world, switch, hold)
    judgment = failed(problem) if problem else passed(f"the traffic that {hold.debt} had left behind is back")
    return ruling(world, switch, "pay", 1, judgment)


handle = Entry(settle_debt)
