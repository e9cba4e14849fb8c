"""The end of a release through a one-way door: its traffic stays where it is, and a person decides."""

from __future__ import annotations

from dataclasses import replace

from traffic_switch.config import Service
from traffic_switch.ending import Facts, end
from traffic_switch.journal import Record
from traffic_switch.model import Hold, Live, Outcome, RuleLook, Weights
from traffic_switch.rule_writing import awaited, wait_until_settled
from traffic_switch.traffic import Traffic
from traffic_switch.verdict import Verdict
from traffic_switch.world import World


def at_the_door(world: World, service: Service, hold: Hold, owed: Record, facts: Facts, clean: bool) -> Traffic:
    """Look where the traffic is, and write nothing: going back would give users a version that cannot read their data.

    The version is what is live from now on, so that whatever compares rule and journal keeps it. If the rule reads as
    before when no write of the release can land any more, nobody went through the door, and nothing has to be held.
    """
    if not clean:
        wait_until_settled(world, hold)
    wanted = Weights.all_on(owed.switch.color)
    look = awaited(world, world.rule(service), lambda rule: rule.reads(wanted))
    if owed.before and look.reads(owed.before.weights) and owed.outcome is not Outcome.DONE:
        return Traffic(end(facts), _unmoved(owed, look), owed)
    ending = end(replace(facts, one_way=True, foreign=not look.reads(wanted)))
    stays = None if owed.outcome is Outcome.DONE else _live(owed, world.now())
    return Traffic(ending, _why(owed, look, wanted), stays=stays, advice=_advice(owed))


def _live(owed: Record, now: float) -> Live:
    """The version as what is live, with the door that it is.

    The rule stays with the resource that had it: CloudFormation takes back a resource that this release created, and
    its removal must not take the rule along.
    """
    switch, at = owed.switch, int(owed.shifted_at or now)
    earlier = owed.before.live if owed.before else None
    resource = (earlier and earlier.resource) or owed.resource
    return Live(switch.color, switch.version, Weights.all_on(switch.color), resource, owed.digest, switch.version, at)


def _unmoved(owed: Record, look: RuleLook) -> str:
    if owed.verdicts.get("shift") == Verdict.PASS:
        return f"{look}, as before: somebody put it back by hand, though {_door(owed)}"
    return f"{look}, as before: nobody was sent to {owed.switch.version}"


def _why(owed: Record, look: RuleLook, wanted: Weights) -> str:
    switch = owed.switch
    said = f"{_door(owed)}, so nothing was taken back"
    if look.reads(wanted):
        return f"{said}: {switch.color} with {switch.version} has the traffic"
    return f"{said}. Somebody changed the production rule meanwhile: {look}. First run `greenlight repair`"


def _door(owed: Record) -> str:
    earlier = owed.before.live.version if owed.before and owed.before.live else "the version before"
    return f"{owed.switch.version} is a one-way door: what it has written, {earlier} cannot read"


def _advice(owed: Record) -> str:
    service, version = owed.switch.service, owed.switch.version
    return (
        f"To go on, release a version that mends it, or keep this one with `greenlight release {version} --service"
        f" {service}`. To go back all the same, run `greenlight rollback --service {service} --undo-one-way`. The"
        " runbook (docs/operations.md, One-way doors) says what each costs"
    )
