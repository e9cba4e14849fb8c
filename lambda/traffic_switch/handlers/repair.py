"""Repair: the production rule becomes what the journal remembers again, whatever a person made of it."""

from __future__ import annotations

from traffic_switch import old_color, preflight
from traffic_switch.authentic import own_switch
from traffic_switch.closing import close_finished
from traffic_switch.config import Service
from traffic_switch.confirming import agreed
from traffic_switch.errors import LockLostError
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.journal import Before
from traffic_switch.locking import hold_of
from traffic_switch.model import Hold, Live, Mode, Switch
from traffic_switch.rule_writing import Fate, repair, tidy, wait_until_settled
from traffic_switch.taking_back import previewed
from traffic_switch.verdict import Judgment, failed, passed
from traffic_switch.world import World


def put_right(event: Event, world: World) -> Result:
    """Prove that the live color can carry the traffic, then rewrite weights, paths and priority in place.

    Raises:
        LockLostError: another switch took over.
    """
    switch, hold = own_switch(event, world, Mode.REPAIR), hold_of(event, world)
    service, live = world.services[switch.service], world.journal.live(switch.service)
    if live is None:
        return ruling(world, switch, "repair", 1, failed("the journal remembers nothing live: release a version first"))
    proof = _proved(world, service, live)
    judgment = _rewritten(world, switch, service, hold, live) if proof.good else proof
    if judgment.good:
        close_finished(world, switch, hold, judgment.reason, live)
    return ruling(world, switch, "repair", 1, judgment)


def _proved(world: World, service: Service, live: Live) -> Judgment:
    groups = service.target_groups
    return old_color.judge(
        live.color,
        live.version,
        world.target_groups.targets(groups[live.color].arn),
        world.target_groups.targets(groups[live.color.other].arn),
        previewed(world, service, live.color),
        world.policy.gate_min_healthy,
    )


def _rewritten(world: World, switch: Switch, service: Service, hold: Hold, live: Live) -> Judgment:
    """Whoever has to finish this takes the traffic to where it goes here: what was before is what nobody wants."""
    wait_until_settled(world, hold)
    found = world.rule(service).look()
    world.journal.remember_before(switch.id, Before(live.weights, live))
    world.journal.mark(hold, world.now())
    fate = repair(world, service, hold, live.weights)
    if fate is Fate.LOST:
        raise LockLostError(f"the lock of {switch.service} was taken from {switch.id} while it repaired the rule")
    if fate is Fate.FOREIGN:
        return failed(f"the production rule does not read as it was repaired: {world.rule(service).look()}")
    if found.strays and not (moved := _moved(world, service, hold, live)).good:
        return moved
    was = preflight.drift(found, live) or "the rule was as it should be"
    return passed(f"the production rule has {live.weights} again; before: {was}")


def _moved(world: World, service: Service, hold: Hold, live: Live) -> Judgment:
    """Take the rule from the listener that served before, once users are served by the new one.

    Until then both listeners serve: a certificate that does not work costs nobody a request.
    """
    judgment = agreed(world, service, live.color)
    if not judgment.good:
        return failed(f"the new listener does not serve, so the one before keeps its rule: {judgment.reason}")
    fate = tidy(world, service, hold)
    if fate is Fate.LOST:
        raise LockLostError(f"the lock of {service.name} was taken from {hold.switch_id} while it moved the rule")
    if fate is Fate.FOREIGN:
        return failed(f"the listener that served before still has a production rule: {world.rule(service).look()}")
    return judgment


handle = Entry(put_right)
