"""Shift: move the production traffic, in one write, and wait until the load balancer follows."""

from __future__ import annotations

from traffic_switch.authentic import insist_on, own_switch
from traffic_switch.config import Service
from traffic_switch.confirming import agreed
from traffic_switch.errors import LockLostError
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.locking import hold_of
from traffic_switch.model import Mode, Weights
from traffic_switch.remembered import before_from_map
from traffic_switch.rule_writing import Fate, wait_until_settled, write
from traffic_switch.verdict import Judgment, Verdict, failed
from traffic_switch.world import World

PROVED = {"preflight": Verdict.PASS, "gate": Verdict.PASS, "smoke": Verdict.PASS}
"""What must have been judged before any traffic moves."""


def move(event: Event, world: World) -> Result:
    """Put everything on the switch's color. The rule is read back, then the front door must agree.

    The journal knows before the rule does: what may have been moved is what a rollback takes back.

    Raises:
        ForgedError: the color was not proved.
        LockLostError: another switch took over.
    """
    switch, hold = own_switch(event, world, Mode.RELEASE), hold_of(event, world)
    insist_on(world, switch, PROVED)
    service, weights = world.services[switch.service], Weights.all_on(switch.color)
    wait_until_settled(world, hold)
    world.journal.mark(hold, world.now())
    fate = write(world, service, hold, weights, before_from_map(event["before"]).weights)
    if fate is Fate.LOST:
        raise LockLostError(f"the lock of {switch.service} was taken from {switch.id} while it wrote the rule")
    judgment = _foreign(world, service, weights) if fate is Fate.FOREIGN else agreed(world, service, switch.color)
    return ruling(world, switch, "shift", 1, judgment, clean=fate is Fate.OK)


def _foreign(world: World, service: Service, wanted: Weights) -> Judgment:
    return failed(f"somebody changed the production rule while it was to become {wanted}: {world.rule(service).look()}")


handle = Entry(move)
