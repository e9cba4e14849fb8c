"""What is kept of a failed switch, for the person who asks why in the morning."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from typing import Any

from traffic_switch.config import Service
from traffic_switch.contract import Color
from traffic_switch.model import Switch
from traffic_switch.traffic import Traffic
from traffic_switch.world import World

log = logging.getLogger(__name__)


def keep(world: World, switch: Switch, why: str, traffic: Traffic) -> None:
    """Keep target health with reasons and alarms of both colors, as they are now, with the decision.

    Evidence is worth having but not worth a failed rollback: what cannot be had is missing.
    """
    try:
        service = world.services[switch.service]
        seen = {color.value: _of_color(world, service, color) for color in service.target_groups}
    except Exception as error:
        log.exception("evidence was not complete")
        seen = {"problem": {"message": str(error)}}
    decision = {"outcome": traffic.ending.outcome.value, "reason": traffic.reason}
    try:
        world.journal.keep_evidence(switch.id, json.dumps({"why": why, "decision": decision, **seen}))
    except Exception:
        log.exception("evidence was not kept")


def _of_color(world: World, service: Service, color: Color) -> dict[str, Any]:
    return {
        "targets": [asdict(target) for target in world.target_groups.targets(service.target_groups[color].arn)],
        "alarms": [asdict(alarm) for alarm in world.metrics.alarms(service.alarms[color])],
    }
