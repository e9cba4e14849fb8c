"""Taking traffic back: what a switch moved returns to where the journal remembers it, if fewer users suffer there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from traffic_switch import old_color
from traffic_switch.config import Service
from traffic_switch.contract import Color
from traffic_switch.ending import Facts, end
from traffic_switch.errors import LockLostError, PreviewError, RuleGoneError
from traffic_switch.held_door import at_the_door
from traffic_switch.journal import Before, Record
from traffic_switch.model import Hold, Mode, Outcome, Reply, Switch, Weights
from traffic_switch.old_color import UNREACHABLE
from traffic_switch.one_way import passes
from traffic_switch.rule_writing import Fate, fenced, remove, wait_until_settled, write
from traffic_switch.traffic import Traffic
from traffic_switch.verdict import Judgment, passed
from traffic_switch.world import World

log = logging.getLogger(__name__)

PREVIEWS, PREVIEW_REQUESTS = 2, 2
"""How often a color is asked what it runs, and how many requests that are."""


def bring_back(world: World, switch: Switch, hold: Hold, clean: bool) -> Traffic:
    """Take back what a takeover left behind, then what this switch moved or was asked to undo.

    `clean` says that no other copy of a function of this switch can still be writing, so that one write is enough.

    Raises:
        LockLostError: another switch took the lock meanwhile, and answers for the traffic.
    """
    me = world.journal.record(switch.id)
    owed_id = switch.undoes or (switch.id if me and me.may_have_shifted else "") or hold.debt
    debt_paid = me.paid if me else ""
    if hold.debt and hold.debt != owed_id:
        if unpaid := _unpaid(world, switch, hold):
            return unpaid
        debt_paid = hold.debt
    owed = world.journal.record(owed_id) if owed_id else None
    readable = not owed_id or (owed is not None and _whole(owed))
    found = _taken_back(world, switch, hold, owed, Facts(switch.mode, readable=readable), clean)
    return _naming_the_debt(found, debt_paid)


def pay(world: World, switch: Switch, hold: Hold) -> str:
    """Take back the traffic of the switch that `hold` owes for, and note it. Return why that cannot be done, if so.

    Raises:
        LockLostError: another switch took the lock meanwhile.
    """
    unpaid = _unpaid(world, switch, hold)
    return unpaid.reason if unpaid else ""


def _unpaid(world: World, switch: Switch, hold: Hold) -> Traffic | None:
    ending = end(Facts(switch.mode, paid=False))
    debt = world.journal.record(hold.debt)
    if debt is None or not _whole(debt):
        damaged = f"the journal's item of the switch {hold.debt}, which left traffic behind, is damaged or gone"
        return Traffic(ending, damaged)
    found = _taken_back(world, switch, hold, debt, Facts(Mode.RELEASE), clean=False)
    if found.ending.page:
        left = f"what the switch {hold.debt} left behind could not be taken back: {found.reason}"
        return replace(found, ending=ending, reason=left)
    world.journal.paid(hold, found.owed)
    return None


def _taken_back(world: World, switch: Switch, hold: Hold, owed: Record | None, facts: Facts, clean: bool) -> Traffic:
    facts = replace(facts, is_open=bool(owed and owed.is_open))
    if not facts.readable:
        return Traffic(end(facts), "the journal's item of the switch is damaged or gone")
    if owed is None or not facts.is_open:
        return Traffic(end(facts), "no traffic had moved")
    service = world.services[switch.service]
    if passes(owed.switch, owed.before):
        return at_the_door(world, service, hold, owed, facts, clean)
    judged, heard = judge_return(world, service, owed.before)
    if not clean:
        if end(replace(facts, may_go_back=judged.good)).takes_back:
            _help_early(world, service, hold, owed)
        wait_until_settled(world, hold)
        judged = judged if judged.good else judge_return(world, service, owed.before, heard)[0]
    facts = replace(facts, may_go_back=judged.good)
    if not end(facts).takes_back:
        return Traffic(end(facts), judged.reason)
    return _restored(world, switch, hold, owed, facts, judged)


def _restored(world: World, switch: Switch, hold: Hold, owed: Record, facts: Facts, judged: Judgment) -> Traffic:
    service = world.services[switch.service]
    fate = _written(world, service, hold, owed)
    if fate is Fate.LOST:
        raise LockLostError(f"the lock of {switch.service} was taken from {switch.id} while it took traffic back")
    if fate is Fate.FOREIGN:
        look = world.rule(service).look()
        return Traffic(end(replace(facts, foreign=True)), f"somebody changed the production rule meanwhile: {look}")
    return Traffic(end(facts), judged.reason, owed)


def judge_return(
    world: World, service: Service, before: Before | None, heard: tuple[Reply, ...] = ()
) -> tuple[Judgment, tuple[Reply, ...]]:
    """Whether the color that had the traffic before may have it again, and the answers that were heard of it.

    `heard` is what it answered before. It counts if it does not answer now: silence overturns no other version.
    """
    if before is None or before.weights is None or before.weights.live is None:
        return passed("there was no production rule before the switch"), ()
    color, groups = before.weights.live, service.target_groups
    version = before.live.version if before.live and before.live.color is color else ""
    old, new = (world.target_groups.targets(groups[one].arn) for one in (color, color.other))
    replies = previewed(world, service, color)
    replies = replies if _tells(replies) else heard or replies
    return old_color.judge(color, version, old, new, replies, world.policy.gate_min_healthy), replies


def previewed(world: World, service: Service, color: Color) -> tuple[Reply, ...]:
    """What a color answers through its preview rule; asked again while it neither says its version nor is unreachable.

    Nothing, when the secret cannot be read: then health checks alone must do, and users wait for nobody.
    """
    try:
        door, headers = world.front_door(service), world.preview_headers(service, color)
    except (ClientError, BotoCoreError, PreviewError) as error:
        log.warning("the color cannot be asked what it runs", extra={"color": color.value, "problem": str(error)})
        return ()
    for _ in range(PREVIEWS):
        replies = door.ask_many(service.health_path, PREVIEW_REQUESTS, headers)
        if _tells(replies):
            break
    return replies


def _tells(replies: Sequence[Reply]) -> bool:
    """Whether the color said what it runs, or cannot be reached."""
    return any(reply.version or reply.status in UNREACHABLE for reply in replies)


def _help_early(world: World, service: Service, hold: Hold, owed: Record) -> None:
    """Write at once, for the users' sake. It proves nothing: what counts is the write after W."""
    before, pushed = owed.before, Weights.all_on(owed.switch.color)
    if before is None or before.weights is None:
        return
    rule = world.rule(service)
    try:
        look = rule.look()
        if (look.reads(before.weights) or look.reads(pushed)) and fenced(world, hold):
            rule.change(look.arn, before.weights)
    except (ClientError, BotoCoreError, RuleGoneError) as error:
        log.warning("the early write did not work", extra={"problem": str(error)})


def _written(world: World, service: Service, hold: Hold, owed: Record) -> Fate:
    """What looks like a hand edit is the work of whoever took the lock meanwhile, if somebody did."""
    before, pushed = owed.before.weights if owed.before else None, Weights.all_on(owed.switch.color)
    if before is None:
        fate = remove(world, service, hold, only_if=pushed)
    else:
        fate = write(world, service, hold, before, before, also=pushed)
    return Fate.LOST if fate is Fate.FOREIGN and not world.journal.holds(hold) else fate


def _whole(record: Record) -> bool:
    """Whether the record says what there was before; a switch that never wrote the rule needs not.

    Something live without a rule is no such thing: taking it at its word would delete the rule that users are on.
    """
    if {"switch", "before", "shifted_at"} & set(record.damage):
        return False
    before = record.before
    if before is None:
        return record.shifted_at is None
    return before.weights is not None or before.live is None


def _naming_the_debt(found: Traffic, debt: str) -> Traffic:
    """A switch that moved nothing of its own, but took another's traffic back, has moved traffic."""
    if not debt or found.ending.outcome is not Outcome.UNCHANGED:
        return found
    ending = replace(found.ending, outcome=Outcome.ROLLED_BACK)
    return Traffic(ending, f"the traffic that the switch {debt} had left behind was taken back first")
