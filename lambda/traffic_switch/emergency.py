"""The one write without the journal: traffic goes back at once when the journal is away right after a shift or a bake.

It is allowed on the first attempt of an execution that nobody has redriven, within half of W of the rollback's start.
Whoever takes the lock later waits W, so that this write cannot land under a new owner.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from traffic_switch.errors import RuleGoneError, SwitchError
from traffic_switch.journal import Before
from traffic_switch.model import Switch, Weights
from traffic_switch.one_way import passes
from traffic_switch.remembered import before_from_map
from traffic_switch.taking_back import judge_return
from traffic_switch.times import unix
from traffic_switch.world import World

log = logging.getLogger(__name__)

PHASES = ("Shift", "Bake")

AGAIN = "An earlier try may have put the traffic back without it: look at the production rule"


def put_back(event: Mapping[str, Any], world: World, switch: Switch) -> None:
    """Write what was before, if all that must hold does, and page. Nothing that goes wrong here is raised.

    Only the first try writes. The second pages once more: the first may have died between the write and the page.
    """
    if event.get("attempt") not in (0, 1) or event.get("redrives"):
        return
    try:
        done = AGAIN if event["attempt"] and _has_traffic(event) else _written(event, world, switch)
    except (ClientError, BotoCoreError, SwitchError, RuleGoneError) as error:
        log.exception("the traffic could not be put back without the journal")
        done = f"Putting the traffic back without it failed: {error}"
    try:
        world.notifier.tell(
            f"PAGE: Greenlight {switch.service}: the journal is away",
            f"The rollback of {switch.id} cannot reach the journal. {done}. It is closed when the journal is back",
        )
    except (ClientError, BotoCoreError):
        log.exception("nobody was notified")


def _written(event: Mapping[str, Any], world: World, switch: Switch) -> str:
    before = _before(event)
    if before is None or before.weights is None or not _has_traffic(event):
        why = f", since {switch.version} is a one-way door" if passes(switch, before) else ""
        return f"The traffic was not touched{why}"
    service, pushed = world.services[switch.service], Weights.all_on(switch.color)
    judged, _ = judge_return(world, service, before)
    if not judged.good:
        return f"The traffic was not touched, since {judged.reason}"
    rule = world.rule(service)
    look = rule.look()
    if not (look.reads(before.weights) or look.reads(pushed)):
        return f"Somebody changed the rule, so the traffic was not touched: {look}"
    if world.now() - unix(event["entered"]) > world.policy.emergency_seconds:
        return "It took too long to find out, so the traffic was not touched"
    rule.change(look.arn, before.weights)
    return f"The traffic was put back without it: {before.weights}"


def _before(event: Mapping[str, Any]) -> Before | None:
    return before_from_map(event["before"]) if event.get("before") else None


def _has_traffic(event: Mapping[str, Any]) -> bool:
    """Whether it may have traffic that can be put back: nothing leads back through a one-way door."""
    has_moved = (event.get("failure") or {}).get("phase") in PHASES
    return has_moved and not passes(Switch.from_input(event["switch"]), _before(event))
