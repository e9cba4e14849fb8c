"""Lock: one switch of a service at a time."""

from __future__ import annotations

from traffic_switch.authentic import own_switch
from traffic_switch.closing import close_refused
from traffic_switch.errors import LockLostError
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.locking import obtain
from traffic_switch.verdict import passed
from traffic_switch.world import World


def take(event: Event, world: World) -> Result:
    """Take the lock, or end the switch as refused.

    It is the first state: no execution gets further whose input is not what was asked for.

    Raises:
        ForgedError: nobody asked for this switch.
        LockLostError: the switch is ended, by this refusal or before it.
    """
    switch = own_switch(event, world)
    hold = obtain(world, switch, event["machine"])
    if isinstance(hold, str):
        close_refused(world, switch, hold)
        raise LockLostError(hold)
    described = f"locked for {switch.mode} {switch.color} {switch.version}".strip()
    return ruling(world, switch, "lock", 1, passed(described), hold=hold.as_json())


handle = Entry(take)
