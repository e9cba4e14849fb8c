"""The one way to write the production rule: fenced, bounded, read back. docs/protocol.md specifies it.

ELBv2 has no conditional write, and a Lambda that was started cannot be stopped. So every write follows a look at the
lock, is sent once with short timeouts, and whoever ends another's switch takes a new epoch of the lock and waits W.
After that, no write that passed the older fence can still take effect.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from traffic_switch.config import Service
from traffic_switch.errors import RuleExistsError, RuleGoneError
from traffic_switch.model import Hold, RuleLook, Weights
from traffic_switch.world import RulePort, World

TRIES = 2
"""The first, and one for a write that was not acknowledged or found the rule otherwise than the look before."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 5.0
"""Between two looks at a rule that does not read as it should: each pause is twice the one before."""


class Fate(StrEnum):
    """What became of a write. LOST: another switch owns the lock. FOREIGN: a person changed the rule meanwhile.

    UNSURE: the rule reads as wanted, but an earlier try was not acknowledged and may land once more.
    """

    OK = "OK"
    UNSURE = "UNSURE"
    LOST = "LOST"
    FOREIGN = "FOREIGN"


def write(
    world: World, service: Service, hold: Hold, wanted: Weights, before: Weights | None, also: Weights | None = None
) -> Fate:
    """Make the rule read `wanted`. It must read so already, or `before` (None: no rule), or `also`.

    Only a write that AWS acknowledged counts. That a look finds `wanted` proves nothing: an older write may still be on
    its way.

    Raises:
        ClientError, BotoCoreError: no try was acknowledged, and nobody knows whether one took effect.
    """
    rule, allowed = world.rule(service), (wanted, before, also or wanted)

    def lawful(look: RuleLook) -> bool:
        return any(look.reads(weights) for weights in allowed)

    found, done = awaited(world, rule, lawful), Fate.OK
    for tries_left in reversed(range(TRIES)):
        if not lawful(found):
            return Fate.FOREIGN
        if not fenced(world, hold):
            return Fate.LOST
        try:
            if _put(rule, found, wanted):
                return _confirmed(world, rule, hold, lambda look: look.reads(wanted), done)
        except (ClientError, BotoCoreError):
            done = Fate.UNSURE
            if not tries_left:
                raise
        found = awaited(world, rule, lambda look: look.exists and lawful(look))
    return Fate.FOREIGN


def remove(world: World, service: Service, hold: Hold, only_if: Weights | None = None) -> Fate:
    """Delete the rule, twice with W between: one that is being created, or is not listed yet, is found the second time.

    With `only_if`, a rule that reads otherwise is a person's, and stays.

    Raises:
        ClientError, BotoCoreError: AWS did not take the deletion.
    """
    rule = world.rule(service)
    for last in (False, True):
        found = rule.look()
        if only_if and found.exists and not found.reads(only_if):
            return Fate.FOREIGN
        if not fenced(world, hold):
            return Fate.LOST
        for arn in dict.fromkeys((found.arn, *found.strays) if found.exists else ()):
            rule.delete(arn)
        if not last:
            world.sleep(world.policy.write_settle_seconds)
    return _confirmed(world, rule, hold, lambda look: not look.exists)


def repair(world: World, service: Service, hold: Hold, wanted: Weights) -> Fate:
    """Rewrite the rule as `wanted` and as the settings say, whatever a person made of it.

    One that is on another listener stays there until the settings' own has one that is proved: see `tidy`.

    Raises:
        ClientError, BotoCoreError: AWS did not take the write.
    """
    rule = world.rule(service)
    for _ in range(TRIES):
        found = rule.look()
        if not fenced(world, hold):
            return Fate.LOST
        try:
            if found.exists and not found.is_astray:
                rule.rewrite(found.arn, wanted)
            else:
                rule.create(wanted)
            break
        except (RuleExistsError, RuleGoneError):
            continue
    return _confirmed(world, rule, hold, lambda look: look.reads(wanted) and not look.misplaced and not look.is_astray)


def tidy(world: World, service: Service, hold: Hold) -> Fate:
    """Delete the production rules that other listeners still have, once the settings' own listener has one.

    Raises:
        ClientError, BotoCoreError: AWS did not take the deletion.
    """
    rule = world.rule(service)
    found = awaited(world, rule, lambda look: not look.is_astray)
    if found.is_astray:
        return Fate.FOREIGN
    for arn in found.strays:
        if not fenced(world, hold):
            return Fate.LOST
        rule.delete(arn)
    return _confirmed(world, rule, hold, lambda look: look.exists and not look.strays)


def wait_until_settled(world: World, hold: Hold) -> None:
    """Sleep until no write that passed an older fence can still take effect: W after the hold was taken."""
    world.sleep(max(0.0, hold.settles_at - world.monotonic()))


def fenced(world: World, hold: Hold) -> bool:
    """Whether the lock was ours a moment ago. A look that took too long is repeated: nobody may write on an old one."""
    while True:
        asked_at = world.monotonic()
        if not world.journal.holds(hold):
            return False
        if world.monotonic() - asked_at <= world.policy.fence_seconds:
            return True


def awaited(world: World, rule: RulePort, good: Callable[[RuleLook], bool]) -> RuleLook:
    """Look at the rule until it is as it should be, or patience ends. DescribeRules lags behind writes."""
    deadline, pause = world.monotonic() + world.policy.patience_seconds, FIRST_PAUSE_SECONDS
    while True:
        look = rule.look()
        left = deadline - world.monotonic()
        if good(look) or left <= 0:
            return look
        world.sleep(min(pause, left))
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _put(rule: RulePort, found: RuleLook, wanted: Weights) -> bool:
    """Send one write. False: the rule is not as the look found it, there or not there, so that it must be looked at."""
    try:
        if found.exists:
            rule.change(found.arn, wanted)
        else:
            rule.create(wanted)
    except (RuleExistsError, RuleGoneError):
        return False
    return True


def _confirmed(
    world: World, rule: RulePort, hold: Hold, good: Callable[[RuleLook], bool], done: Fate = Fate.OK
) -> Fate:
    if not good(awaited(world, rule, good)):
        return Fate.FOREIGN
    return done if world.journal.holds(hold) else Fate.LOST
