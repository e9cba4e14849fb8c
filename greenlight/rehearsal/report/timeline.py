"""The traffic of one act over time, small enough to plot and to keep in report.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.rehearsal.traffic.windows import Window, windows

FINEST_SECONDS = 0.25
"""A switch takes less than a second: coarser steps would blur it, finer ones show only noise."""

MOST_STEPS = 240


@dataclass(frozen=True)
class Timeline:
    """Equal steps of time; every list holds one figure for each."""

    starts_at: float
    """Unix seconds."""
    step_seconds: float
    blue: tuple[float, ...]
    """Good answers per second."""
    green: tuple[float, ...]
    failed: tuple[float, ...]
    """Failed requests per second."""
    p95_ms: tuple[float | None, ...]
    """None in a step in which nothing ended."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.blue) * self.step_seconds


def timeline(records: Sequence[RequestRecord]) -> Timeline | None:
    """Cut a load into steps that fill it exactly, so that no half-filled step looks like a fall of traffic."""
    if not records:
        return None
    start = min(record.due_at for record in records)
    span = max(record.completed_at for record in records) - start
    steps = max(1, min(MOST_STEPS, int(span / FINEST_SECONDS)))
    step_seconds = max(span, FINEST_SECONDS) / steps * (1 + 1e-9)
    return _columns(start, step_seconds, windows(records, step_seconds, start))


def _columns(start: float, step_seconds: float, cut: Sequence[Window]) -> Timeline:
    def rate(count: int) -> float:
        return round(count / step_seconds, 2)

    return Timeline(
        starts_at=start,
        step_seconds=step_seconds,
        blue=tuple(rate(window.good.get(Color.BLUE, 0)) for window in cut),
        green=tuple(rate(window.good.get(Color.GREEN, 0)) for window in cut),
        failed=tuple(rate(window.failures) for window in cut),
        p95_ms=tuple(None if w.p95_seconds is None else round(w.p95_seconds * 1000, 3) for w in cut),
    )
