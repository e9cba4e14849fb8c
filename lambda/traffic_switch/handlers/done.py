"""Done: the release is closed as live, if the rule still says so."""

from __future__ import annotations

from traffic_switch.authentic import insist_on, own_switch
from traffic_switch.closing import close_finished
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.journal import Record
from traffic_switch.locking import hold_of
from traffic_switch.model import Live, Mode, Switch, Weights
from traffic_switch.one_way import door_of
from traffic_switch.standing import complaint
from traffic_switch.verdict import Verdict, failed, passed
from traffic_switch.world import World

BAKED = {"shift": Verdict.PASS, "bake": Verdict.PASS}
LIVE_ALREADY = {"preflight": Verdict.NOOP}
"""What must have been judged before a release is called live: one or the other."""


def finish(event: Event, world: World) -> Result:
    """Record the color and version as live. What is answered is true at the last look.

    Raises:
        ForgedError: nobody has watched it.
        LockLostError: another switch took over.
    """
    switch, hold = own_switch(event, world, Mode.RELEASE), hold_of(event, world)
    insist_on(world, switch, BAKED, LIVE_ALREADY)
    if problem := complaint(world, switch, hold):
        return ruling(world, switch, "done", 1, failed(problem))
    record = world.journal.record(switch.id)
    resource, digest = (record.resource, record.digest) if record else ("", "")
    door = _door(world, switch, record)
    live = Live(switch.color, switch.version, Weights.all_on(switch.color), resource, digest, *door)
    reason = f"{switch.service} is live on {switch.color} with version {switch.version}"
    close_finished(world, switch, hold, reason, live)
    return ruling(world, switch, "done", 1, passed(reason))


def _door(world: World, switch: Switch, record: Record | None) -> tuple[str, int]:
    """The last one-way door on the way to what is live now. One that is declared late counts from now on."""
    before = record.before.live if record and record.before else None
    known = world.journal.image(switch.service, switch.version) if before and before.door else None
    return door_of(switch, before, known, (record and record.shifted_at) or world.now())


handle = Entry(finish)
