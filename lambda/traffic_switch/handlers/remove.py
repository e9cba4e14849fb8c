"""Remove: the release is being deleted, and its production rule with it."""

from __future__ import annotations

from traffic_switch.closing import answer, close_finished, tell
from traffic_switch.ending import Facts, end
from traffic_switch.errors import LockLostError
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.journal import Closing
from traffic_switch.locking import hold_of
from traffic_switch.model import Hold, Switch
from traffic_switch.rule_writing import Fate, remove
from traffic_switch.verdict import Judgment, failed, passed
from traffic_switch.world import World


def take_away(event: Event, world: World) -> Result:
    """Delete the rule, which would otherwise keep CloudFormation from deleting the target groups.

    Raises:
        LockLostError: another switch took over.
    """
    switch, hold = Switch.from_input(event["switch"]), hold_of(event, world)
    return ruling(world, switch, "remove", 1, removed(world, switch, hold))


def removed(world: World, switch: Switch, hold: Hold) -> Judgment:
    """Delete the rule and close the switch. While a rule is there, CloudFormation hears FAILED, and a person is
    paged.
    """
    fate = remove(world, world.services[switch.service], hold)
    if fate is Fate.LOST:
        raise LockLostError(f"the lock of {switch.service} was taken from {switch.id} while it deleted the rule")
    if fate is Fate.OK:
        reason = f"the production rule of {switch.service} is gone"
        close_finished(world, switch, hold, reason, None)
        return passed(reason)
    ending = end(Facts(switch.mode))
    reason = f"the production rule of {switch.service} is still there: delete it by hand, then delete the stack again"
    tell(world, switch, ending, reason)
    world.journal.close(hold, Closing(ending.outcome, reason, answer(ending, reason, None)))
    return failed(reason)


handle = Entry(take_away)
