"""Pay: traffic that a dead switch left where it had moved it comes back before anything else is done."""

from __future__ import annotations

from traffic_switch.authentic import own_switch
from traffic_switch.errors import ForgedError
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.locking import hold_of
from traffic_switch.model import Hold
from traffic_switch.taking_back import pay
from traffic_switch.verdict import failed, passed
from traffic_switch.world import World


def settle_debt(event: Event, world: World) -> Result:
    """Take it back, with all that a rollback proves and waits for.

    Raises:
        ForgedError: the lock owes for another switch, or for none.
    """
    switch, hold = own_switch(event, world), hold_of(event, world)
    _insist_on_debt(world, hold)
    problem = pay(world, switch, hold)
    judgment = failed(problem) if problem else passed(f"the traffic that {hold.debt} had left behind is back")
    return ruling(world, switch, "pay", 1, judgment)


def _insist_on_debt(world: World, hold: Hold) -> None:
    """Whose traffic comes back is what the lock says, or said before it was paid, and not what the payload does."""
    lock, record = world.journal.lock(hold.service), world.journal.record(hold.switch_id)
    if not hold.debt or hold.debt not in (lock and lock.debt, record and record.paid):
        raise ForgedError(f"the switch {hold.switch_id} owes nothing for {hold.debt}")


handle = Entry(settle_debt)
