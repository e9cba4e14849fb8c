"""Done: the release is closed as live, if the rule still says so."""

from __future__ import annotations

from traffic_switch.authentic import own_switch
from traffic_switch.closing import close_finished
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.locking import hold_of
from traffic_switch.model import Live, Mode, Weights
from traffic_switch.standing import complaint
from traffic_switch.verdict import failed, passed
from traffic_switch.world import World


def finish(event: Event, world: World) -> Result:
    """Record the color and version as live. What is answered is true at the last look.

    Raises:
        LockLostError: another switch took over.
    """
    switch, hold = own_switch(event, world, Mode.RELEASE), hold_of(event, world)
    if problem := complaint(world, switch, hold):
        return ruling(world, switch, "done", 1, failed(problem))
    record = world.journal.record(switch.id)
    live = Live(switch.color, switch.version, Weights.all_on(switch.color), record.resource if record else "")
    reason = f"{switch.service} is live on {switch.color} with version {switch.version}"
    close_finished(world, switch, hold, reason, live)
    return ruling(world, switch, "done", 1, passed(reason))


handle = Entry(finish)
