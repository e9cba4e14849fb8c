"""What is kept of a failed switch, for the person who asks why in the morning."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from traffic_switch.config import Service
from traffic_switch.contract import Color
from traffic_switch.model import Switch
from traffic_switch.world import World


def gather(world: World, switch: Switch, service: Service) -> dict[str, Any]:
    """Target health with reasons, metrics since the shift and alarms, for both colors, as they are now."""
    record = world.journal.record(switch.id)
    since = (record.shifted_at or record.started_at) if record else world.now()
    return {color.value: _of_color(world, service, color, since) for color in service.target_groups}


def _of_color(world: World, service: Service, color: Color, since: float) -> dict[str, Any]:
    group = service.target_groups[color]
    sample = world.metrics.sample(
        service.load_balancer_dimension, group.dimension, since, world.now(), world.policy.metric_period_seconds
    )
    return {
        "targets": [asdict(target) for target in world.target_groups.targets(group.arn)],
        "alarms": [asdict(alarm) for alarm in world.metrics.alarms(service.alarms[color])],
        "metrics": asdict(sample) if sample else None,
    }
