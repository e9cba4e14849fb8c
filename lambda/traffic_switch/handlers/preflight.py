"""Preflight: look at everything a switch relies on, before anything is changed."""

from __future__ import annotations

from typing import Any

from traffic_switch import preflight
from traffic_switch.config import Service
from traffic_switch.handlers.entry import Event, entry, ruling
from traffic_switch.journal import Before
from traffic_switch.model import Switch
from traffic_switch.ports.listener_rule import weights_of
from traffic_switch.world import World


def inspect(event: Event, world: World) -> dict[str, Any]:
    """Judge the scene, and remember what was there before: a rollback restores exactly that."""
    switch = Switch.from_input(event["switch"])
    scene = _scene(world, switch, world.services[switch.service])
    world.journal.remember_before(switch.id, Before(scene.weights, scene.remembered))
    return ruling(world, switch, "preflight", 1, preflight.judge(scene))


def _scene(world: World, switch: Switch, service: Service) -> preflight.Scene:
    groups = service.target_groups
    rule = world.rule(service).read()
    return preflight.Scene(
        color=switch.color,
        version=switch.version,
        weights=weights_of(rule, *service.arns) if rule else None,
        problem=rule.problem if rule else "",
        sticky=any(world.target_groups.sticky(arn) for arn in service.arns),
        remembered=world.journal.live(switch.service),
        targets=world.target_groups.targets(groups[switch.color].arn),
        alarms=world.metrics.alarms(service.alarms[switch.color]),
    )


handle = entry(inspect)
