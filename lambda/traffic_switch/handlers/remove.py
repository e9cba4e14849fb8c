"""Remove: the release is being deleted, and its production rule with it."""

from __future__ import annotations

from traffic_switch.authentic import own_switch
from traffic_switch.closing import answer, close_finished, live_or_none, tell
from traffic_switch.ending import Facts, end
from traffic_switch.errors import LockLostError
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.journal import Closing
from traffic_switch.locking import hold_of
from traffic_switch.model import Hold, Mode, Switch
from traffic_switch.rule_writing import Fate, remove
from traffic_switch.verdict import Judgment, failed, passed
from traffic_switch.world import World


def take_away(event: Event, world: World) -> Result:
    """Delete the rule, which would otherwise keep CloudFormation from deleting the target groups.

    Raises:
        LockLostError: another switch took over.
    """
    switch, hold = own_switch(event, world, Mode.REMOVE), hold_of(event, world)
    return ruling(world, switch, "remove", 1, removed(world, switch, hold))


def removed(world: World, switch: Switch, hold: Hold) -> Judgment:
    """Delete the rule and close the switch. While a rule is there, CloudFormation hears FAILED, and a person is
    paged. A rule that became another resource's since the removal was asked for stays.
    """
    if _is_anothers(world, switch):
        return _left_alone(world, switch, hold)
    fate = remove(world, world.services[switch.service], hold)
    if fate is Fate.LOST:
        raise LockLostError(f"the lock of {switch.service} was taken from {switch.id} while it deleted the rule")
    if fate is Fate.OK:
        reason = f"the production rule of {switch.service} is gone"
        close_finished(world, switch, hold, reason, None)
        return passed(reason)
    reason = f"the production rule of {switch.service} is still there: delete it by hand, then delete the stack again"
    ending = end(Facts(switch.mode))
    tell(world, switch, ending, reason)
    world.journal.close(hold, Closing(ending.outcome, reason, answer(ending, reason, None)))
    return failed(reason)


def _is_anothers(world: World, switch: Switch) -> bool:
    """Whether a release of another resource was finished between this removal's request and its lock."""
    live, record = live_or_none(world, switch.service), world.journal.record(switch.id)
    return bool(live and live.resource and record and live.resource != record.resource)


def _left_alone(world: World, switch: Switch, hold: Hold) -> Judgment:
    """A removal takes no traffic back: where a dead switch of the other resource left some, a person is paged."""
    ending = end(Facts(switch.mode, is_anothers=not hold.debt))
    reason = f"the production rule of {switch.service} is another resource's by now, and stays"
    if hold.debt:
        reason += f"; the switch {hold.debt} died while it moved traffic: run `greenlight repair`"
        tell(world, switch, ending, reason)
    decided = answer(ending, reason, live_or_none(world, switch.service))
    world.journal.close(hold, Closing(ending.outcome, reason, decided))
    return failed(reason) if ending.page else passed(reason)


handle = Entry(take_away)
