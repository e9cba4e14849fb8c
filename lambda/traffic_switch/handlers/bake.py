"""Bake: one look at the color that now has the traffic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from traffic_switch import bake
from traffic_switch.bake import Look, Sample
from traffic_switch.config import Service
from traffic_switch.handlers.entry import Event, entry, ruling
from traffic_switch.model import Switch
from traffic_switch.world import World


def look(event: Event, world: World) -> dict[str, Any]:
    """Send own requests, read CloudWatch and the targets, and judge all that was seen since the shift.

    Own requests make sure that there is something to judge: CloudWatch is minutes late, and silent without traffic.
    """
    switch, progress = Switch.from_input(event["switch"]), event.get("progress") or {}
    service, number = world.services[switch.service], progress.get("look", 0) + 1
    record = world.journal.record(switch.id)
    since = record.shifted_at if record and record.shifted_at else world.now()
    probed = _probe(world, service, progress)
    seen = _look(world, switch, service, since, probed, record.abort if record else "")
    judgment = bake.judge(seen, world.policy)
    after = {**probed, "look": number}
    pause = world.policy.bake_interval_seconds
    return ruling(world, switch, "bake", number, judgment, progress=after, wait_seconds=pause)


def _look(world: World, switch: Switch, service: Service, since: float, probed: Mapping[str, Any], abort: str) -> Look:
    group = service.target_groups[switch.color]
    policy, now = world.policy, world.now()
    return Look(
        elapsed_seconds=now - since,
        targets=world.target_groups.targets(group.arn),
        alarms=world.metrics.alarms(service.alarms[switch.color]),
        probes=Sample("own requests", probed["sent"], probed["failed"], p95(probed["milliseconds"])),
        metrics=world.metrics.sample(
            service.load_balancer_dimension,
            group.dimension,
            since,
            now - policy.metric_lag_seconds,
            policy.metric_period_seconds,
        ),
        abort=abort,
    )


def _probe(world: World, service: Service, progress: Mapping[str, Any]) -> dict[str, Any]:
    """Add this look's own requests to those of the looks before."""
    replies = world.front_door(service).ask_many(service.probe_path, world.policy.bake_probes)
    return {
        "sent": progress.get("sent", 0) + len(replies),
        "failed": progress.get("failed", 0) + sum(reply.failed for reply in replies),
        "milliseconds": [*progress.get("milliseconds", []), *(round(reply.milliseconds) for reply in replies)],
    }


def p95(milliseconds: Sequence[float]) -> float | None:
    """The 95th percentile by nearest rank, or None of nothing."""
    if not milliseconds:
        return None
    return float(sorted(milliseconds)[math.ceil(0.95 * len(milliseconds)) - 1])


handle = entry(look)
