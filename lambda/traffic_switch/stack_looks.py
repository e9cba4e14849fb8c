"""Whether a look at the stack can be true: DescribeStacks may lag behind by seconds. Pure."""

from __future__ import annotations

from traffic_switch.asking import UPDATE, Ask
from traffic_switch.contract import KEEP
from traffic_switch.journal import Record
from traffic_switch.model import Live, Mode, StackLook

FORWARD = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
"""The stack's statuses while it goes forward."""

UNDER_WAY = "_IN_PROGRESS"
"""How the statuses of a stack end while CloudFormation works on it (CloudFormation user guide, stack status codes)."""

STATUS_PATIENCE_SECONDS, STATUS_PAUSE_SECONDS = 15.0, 3.0
"""How long a stack is looked at whose status cannot be true, and with which pauses: DescribeStacks may lag behind."""

CLOCKS_SECONDS = 5.0
"""How far CloudFormation's clock and a function's may be apart, and the request's way between them."""


def is_old(look: StackLook, ask: Ask, newest: Record | None, live: Live | None) -> bool:
    """Whether the stack must have gone on since, or may have: CloudFormation asks while it goes forward, or rolls back.

    `newest` is the request of the same resource that was recorded last. A look that is called old and is not costs a
    few seconds; one that is believed and is old makes a release of a rollback, or the other way round.
    """
    if look.status in FORWARD:
        return _is_before(look, ask, newest) or _may_be_unheard(look, ask, newest, live)
    if not look.status.endswith("ROLLBACK_IN_PROGRESS"):
        return True
    return _has_rolled_back(ask, newest) or _is_after(look, ask, newest) or _leads_elsewhere(ask, newest, live)


def _is_before(look: StackLook, ask: Ask, newest: Record | None) -> bool:
    """A request that takes the newest one back, and goes forward, comes with a later update. With the same update it
    is a rollback; or the newest was one, and this is what it took back, come late.
    """
    if newest is None or look.updated_at is None or not newest.properties.reverses(ask.properties):
        return False
    return look.updated_at < newest.started_at + CLOCKS_SECONDS


def _may_be_unheard(look: StackLook, ask: Ask, newest: Record | None, live: Live | None) -> bool:
    """An update that leads to what is live may be the rollback of a release that was never heard of."""
    if look.status != "UPDATE_IN_PROGRESS" or live is None or (newest and newest.properties.reverses(ask.properties)):
        return False
    return ask.kind == UPDATE and _leads_to(live, ask)


def _is_after(look: StackLook, ask: Ask, newest: Record | None) -> bool:
    """The rollback of a later update takes no good release back: what asks so is that update's own way forward."""
    if newest is None or look.updated_at is None or not (newest.answer and newest.answer.good):
        return False
    leaves_it = newest.switch.mode is Mode.RELEASE and newest.properties.new == ask.properties.old
    return leaves_it and newest.started_at + CLOCKS_SECONDS < look.updated_at


def _has_rolled_back(ask: Ask, newest: Record | None) -> bool:
    """A rollback asks once: this one was answered, and nothing was asked for since."""
    if newest is None or newest.switch.mode is not Mode.RESTORE or newest.answer is None:
        return False
    return newest.properties != ask.properties


def _leads_elsewhere(ask: Ask, newest: Record | None, live: Live | None) -> bool:
    """A rollback takes a release back that is known, or it leads to what is live."""
    if live is None or ask.color == KEEP or (newest and _takes_back(ask, newest)):
        return False
    return not _leads_to(live, ask)


def _leads_to(live: Live, ask: Ask) -> bool:
    return (live.color, live.version) == (ask.color, ask.version)


def _takes_back(ask: Ask, newest: Record) -> bool:
    known = newest.properties
    return known in (ask.properties, ask.properties.reversed) or known.new == ask.properties.old or bool(newest.damage)
