"""Shift: move the production traffic, in one write, and wait until the load balancer follows."""

from __future__ import annotations

from typing import Any

from traffic_switch.config import Service
from traffic_switch.errors import FrontDoorError
from traffic_switch.handlers.entry import Event, entry, ruling
from traffic_switch.model import Switch, Weights
from traffic_switch.verdict import passed
from traffic_switch.world import World

PAUSE_SECONDS = 0.05


def move(event: Event, world: World) -> dict[str, Any]:
    """Put everything on the switch's color. The rule is read back, then the front door must agree.

    Raises:
        LockLostError: another switch took over.
        RuleError: the rule does not read back as written.
        FrontDoorError: production traffic still came from elsewhere at the deadline.
    """
    switch = Switch.from_input(event["switch"])
    service, weights = world.services[switch.service], Weights.all_on(switch.color)
    world.journal.require_lock(switch)
    world.journal.begin(switch.id, "shift", world.now())
    world.journal.mark_shift(switch.id, world.now())
    world.rule(service).write(weights, *service.arns, service.paths)
    asked = _confirm(world, switch, service)
    return ruling(world, switch, "shift", 1, passed(f"{weights}; the front door agreed after {asked} requests"))


def _confirm(world: World, switch: Switch, service: Service) -> int:
    """Ask until enough answers in a row come from the new color: a rule takes effect some time after it is written
    (ELB user guide, Edit a rule), and only users' answers tell when.
    """
    door, deadline = world.front_door(service), world.now() + world.policy.confirm_deadline_seconds
    agreed = asked = 0
    while agreed < world.policy.confirm_answers:
        reply = door.ask(service.health_path)
        asked += 1
        agreed = agreed + 1 if reply.environment == switch.color else 0
        if agreed == 0:
            if world.now() >= deadline:
                raise FrontDoorError(
                    f"the front door still answers from {reply.environment or reply.problem or reply.status} "
                    f"{world.policy.confirm_deadline_seconds:.0f} s after the rule was written, wanted {switch.color}"
                )
            world.sleep(PAUSE_SECONDS)
    return asked


handle = entry(move)
