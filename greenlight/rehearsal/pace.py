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
    "write_settle_seconds": 3,
    "drift_look_minutes": 1,
    "bake_seconds": 4,
    "bake_interval_seconds": 1,
    "bake_deadline_seconds": 20,
    "bake_fast_seconds": 3,
    "bake_probe_rate": 160,
    "bake_batch_seconds": 0.25,
    "bake_blip_seconds": 1,
    "metric_period_seconds": 1,
    "metric_lag_seconds": 1,
    "alarm_period_seconds": 10,
    "max_p95_ms": 2000,
}
"""Settings that AWS accepts too, but for the periods of metrics and alarms: it has the balancer's once a minute.

Latency alone is judged less strictly than on AWS: here one machine, perhaps a busy one, serves, balances and asks.
"""


PATIENCE: dict[str, Any] = {"bake_seconds": 30, "bake_deadline_seconds": 60}
"""For acts that do something in the middle of a bake which itself takes seconds, such as a second deploy."""

SCALES = {
    "GREENLIGHT_METRICS_SECONDS": "0.5",
    "GREENLIGHT_HEALTH_CHECK_SCALE": "0.2",
    "GREENLIGHT_SCHEDULE_SCALE": "0.1",
    "GREENLIGHT_INVOCATION_RETRY_SECONDS": "1",
}
"""Seconds that pass here for each second of a health check (AWS, and so the templates, allow no interval below 5 s) and
of a schedule (none below a minute); and how long Lambda waits before it tries a failed event again (a minute on AWS).
"""


def overlay(real_time: bool) -> dict[str, Any]:
    """The settings that a rehearsal replaces; in real time, none that has to do with time."""
    return {} if real_time else dict(QUICK)


def cloud_variables(real_time: bool) -> dict[str, str]:
    """What the local cloud is told about time."""
    return {} if real_time else dict(SCALES)


def patience(real_time: bool) -> dict[str, str]:
    """Flags that leave time in a bake; in real time there is enough."""
    return {} if real_time else {name: str(value) for name, value in PATIENCE.items()}
