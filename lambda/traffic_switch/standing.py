"""Whether a switch still stands: its lock is its own, and the rule is as it wrote it."""

from __future__ import annotations

from traffic_switch.errors import LockLostError
from traffic_switch.model import Hold, Switch, Weights
from traffic_switch.rule_writing import awaited
from traffic_switch.world import World


def complaint(world: World, switch: Switch, hold: Hold) -> str:
    """Return what is wrong with the production rule, or an empty string.

    A bake that does not look would pass on traffic that somebody put back by hand.

    Raises:
        LockLostError: another switch took the lock, or took a new epoch of it.
    """
    if not world.journal.holds(hold):
        raise LockLostError(f"the lock of {switch.service} is not held by {switch.id} in epoch {hold.epoch} any more")
    wanted = Weights.all_on(switch.color)
    look = awaited(world, world.rule(world.services[switch.service]), lambda rule: rule.reads(wanted))
    return "" if look.reads(wanted) else f"the rule is not as it was written ({wanted}): {look}"
