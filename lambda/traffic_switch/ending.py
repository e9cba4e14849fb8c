"""How a switch ends: one pure function, for every way in which one can."""

from __future__ import annotations

from dataclasses import dataclass

from traffic_switch.model import Mode, Outcome


@dataclass(frozen=True)
class Facts:
    """What is known when a switch ends.

    `begun`: it got the lock. `finished`: it did what it was asked for, and the rule reads so. `is_open`: traffic may be
    where it, or the switch that it undoes, put it. `may_go_back`: the old color is proved to be no worse, or there was
    no rule. `foreign`: a person changed the rule. `paid`: what a takeover left behind is back. `readable`: its record
    is whole. `is_anothers`: a removal found, under the lock, that the rule has become another resource's. `one_way`:
    users went through a one-way door, so that the way back is a person's.
    """

    mode: Mode
    begun: bool = True
    finished: bool = False
    is_open: bool = False
    may_go_back: bool = True
    foreign: bool = False
    paid: bool = True
    readable: bool = True
    is_anothers: bool = False
    one_way: bool = False


@dataclass(frozen=True)
class Ending:
    """What follows: whether traffic is taken back first, the outcome, the answer to CloudFormation, and the page."""

    takes_back: bool
    outcome: Outcome
    good: bool
    page: bool


FINISHED = {
    Mode.RELEASE: Outcome.DONE,
    Mode.RESTORE: Outcome.ROLLED_BACK,
    Mode.REMOVE: Outcome.REMOVED,
    Mode.REPAIR: Outcome.REPAIRED,
}


def end(facts: Facts) -> Ending:
    """Say how the switch ends. It is asked before traffic is taken back, and again when that met a hand edit.

    A restore always answers SUCCESS: one that fails leaves the stack where only a person gets it out
    (UPDATE_ROLLBACK_FAILED). A removal answers FAILED while the rule may exist. Every HELD pages.
    """
    if facts.finished:
        return Ending(False, FINISHED[facts.mode], True, False)
    if facts.is_anothers:
        return Ending(False, Outcome.UNCHANGED, True, False)
    good = facts.mode is Mode.RESTORE
    if _is_held(facts):
        return Ending(False, Outcome.HELD, good, True)
    if not (facts.begun and facts.is_open):
        return Ending(False, Outcome.UNCHANGED, good, False)
    return Ending(True, Outcome.ROLLED_BACK, good, False)


def _is_held(facts: Facts) -> bool:
    if not facts.begun:
        return facts.mode in (Mode.RESTORE, Mode.REMOVE)
    if facts.mode is Mode.REMOVE or not (facts.paid and facts.readable):
        return True
    stuck = facts.mode is Mode.REPAIR or facts.foreign or not facts.may_go_back
    return facts.is_open and (stuck or facts.one_way)
