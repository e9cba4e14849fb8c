"""How fast a rehearsal goes: it changes settings, seconds instead of minutes, and nothing else."""

from __future__ import annotations

from typing import Any

QUICK: dict[str, Any] = {
    "health_interval_seconds": 5,
    "health_timeout_seconds": 2,
    "unhealthy_count": 2,
    "deregistration_delay_seconds": 2,
    "drain_seconds": 0,
    "gate_interval_seconds": 1,
    "gate_deadline_seconds": 5,
    "confirm_deadline_seconds": 10,
    "bake_seconds": 4,
    "bake_interval_seconds": 1,
    "bake_deadline_seconds": 20,
    "metric_period_seconds": 1,
    "metric_lag_seconds": 1,
    "alarm_period_seconds": 10,
}
"""Settings that AWS accepts too, but for the periods of metrics and alarms: it has the balancer's once a minute."""


HEALTH_CHECK_SCALE = "0.2"
"""Seconds that pass here for each second of a health check: AWS, and so the templates, allow no interval below 5 s."""


def overlay(real_time: bool) -> dict[str, Any]:
    """The settings that a rehearsal replaces; in real time, none that has to do with time."""
    return {} if real_time else dict(QUICK)


def cloud_variables(real_time: bool) -> dict[str, str]:
    """What the local cloud is told about time."""
    return {} if real_time else {"GREENLIGHT_HEALTH_CHECK_SCALE": HEALTH_CHECK_SCALE}
