"""RollBack: put the traffic back where the journal remembers it, keep the evidence, tell people."""

from __future__ import annotations

from traffic_switch import emergency
from traffic_switch.authentic import own_switch
from traffic_switch.closing import close_taken_back, explained
from traffic_switch.errors import JournalAwayError
from traffic_switch.evidence import keep
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.locking import held, hold_of
from traffic_switch.model import Hold, Mode, Switch
from traffic_switch.taking_back import bring_back
from traffic_switch.traffic import Traffic
from traffic_switch.verdict import failed, passed
from traffic_switch.world import World

UNDOABLE = (Mode.RELEASE, Mode.RESTORE, Mode.REPAIR)
"""A removal is finished or tried again, never taken back."""


def restore(event: Event, world: World) -> Result:
    """Take back what the switch (or the one that it undoes) did, and end it.

    CloudFormation's rollback follows every failed release and mostly finds nothing left to do: that is no news.

    Raises:
        LockLostError: another switch took over.
        JournalAwayError: nobody knows who may write; the settling function closes the switch later.
    """
    try:
        switch = own_switch(event, world, *UNDOABLE)
        hold, traffic = _traffic(event, world, switch)
    except JournalAwayError:
        emergency.put_back(event, world, Switch.from_input(event["switch"]))
        raise
    why = "" if switch.mode is Mode.RESTORE else explained(event.get("failure") or {})
    if switch.mode is not Mode.RESTORE:
        keep(world, switch, why, traffic)
    ending = close_taken_back(world, switch, hold, traffic, why)
    judgment = failed(traffic.reason) if ending.page else passed(traffic.reason)
    return ruling(world, switch, "rollback", 1, judgment)


def _traffic(event: Event, world: World, switch: Switch) -> tuple[Hold, Traffic]:
    """A new epoch first: it fences this switch's own Shift, should a copy of that still run."""
    hold = held(world, switch.service, world.journal.retake(switch, world.now()))
    world.journal.begin(switch.id, "rollback", world.now())
    only_one = _ran_once(event) and hold.epoch == hold_of(event, world).epoch + 1
    return hold, bring_back(world, switch, hold, clean=only_one)


def _ran_once(event: Event) -> bool:
    """Whether one Shift wrote and no other did. Before a redrive another one may have begun, and it still writes."""
    return bool(event.get("clean")) and not event.get("redrives")


handle = Entry(restore)
