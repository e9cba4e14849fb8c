"""Preflight: look at everything a switch relies on, before anything is changed."""

from __future__ import annotations

from traffic_switch import preflight
from traffic_switch.authentic import own_switch
from traffic_switch.config import Service
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.journal import Before
from traffic_switch.model import Mode, Switch
from traffic_switch.remembered import before_to_map
from traffic_switch.rule_writing import awaited
from traffic_switch.verdict import Verdict
from traffic_switch.world import World


def inspect(event: Event, world: World) -> Result:
    """Judge the scene, and remember what was there before: a rollback restores exactly that."""
    switch = own_switch(event, world, Mode.RELEASE)
    scene = _scene(world, switch, world.services[switch.service])
    judgment = preflight.judge(scene)
    before = {}
    if judgment.verdict is not Verdict.FAIL:
        found = Before(scene.rule.weights, scene.remembered)
        before = before_to_map(world.journal.remember_before(switch.id, found))
    return ruling(world, switch, "preflight", 1, judgment, before=before)


def _scene(world: World, switch: Switch, service: Service) -> preflight.Scene:
    """A rule that seems to have drifted is looked at again: DescribeRules lags behind the switch before."""
    live = world.journal.live(switch.service)
    return preflight.Scene(
        color=switch.color,
        version=switch.version,
        rule=awaited(world, world.rule(service), lambda look: not preflight.drift(look, live)),
        sticky=any(world.target_groups.sticky(arn) for arn in service.arns),
        remembered=live,
        targets=world.target_groups.targets(service.target_groups[switch.color].arn),
        alarms=world.metrics.alarms(service.alarms[switch.color]),
        known=world.journal.image(switch.service, switch.version) if live and live.door else None,
        undo_one_way=switch.undo_one_way,
    )


handle = Entry(inspect)
