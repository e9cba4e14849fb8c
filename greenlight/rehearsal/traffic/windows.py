"""A load cut into equal windows of time: what a plot shows, and what a live view needs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.analysis import percentile
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RecordTail, RequestRecord


@dataclass(frozen=True)
class Window:
    """What completed in one window."""

    starts_at: float
    """Unix seconds."""
    seconds: float
    good: Mapping[Color, int]
    """Answers that did not fail, by the color that gave them."""
    bad: Mapping[RequestOutcome, int]
    """Failures, each kind apart."""
    p95_seconds: float | None
    """None in a window in which nothing completed."""

    @property
    def failures(self) -> int:
        """Failures of every kind."""
        return sum(self.bad.values())


def windows(records: Sequence[RequestRecord], seconds: float = 1.0, starts_at: float | None = None) -> list[Window]:
    """Cut records into windows from `starts_at` (by default the first due time) to the last completion, gaps included.

    Records that completed before `starts_at` are left out.
    """
    if seconds <= 0:
        raise ValueError(f"a window must last more than 0 seconds, got {seconds}")
    if not records:
        return []
    origin = min(record.due_at for record in records) if starts_at is None else starts_at
    slots: dict[int, list[RequestRecord]] = defaultdict(list)
    for record in records:
        slots[floor((record.completed_at - origin) / seconds)].append(record)
    return [_window(origin + slot * seconds, seconds, slots[slot]) for slot in range(max(slots) + 1)]


def _window(starts_at: float, seconds: float, records: Sequence[RequestRecord]) -> Window:
    latencies = sorted(record.latency_seconds for record in records)
    return Window(
        starts_at=starts_at,
        seconds=seconds,
        good=Counter(record.color for record in records if record.color and not record.outcome.failed),
        bad=Counter(record.outcome for record in records if record.outcome.failed),
        p95_seconds=percentile(latencies, 95) if latencies else None,
    )


@dataclass(frozen=True)
class Live:
    """A load that is running, as it is now."""

    rates: Mapping[Color, float]
    """Answers per second of each color, over the last window."""
    requests: int
    failures: int
    """Since the load began, as are the requests."""


class LiveView:
    """Follows a growing record and says how the load is going."""

    def __init__(self, tail: RecordTail, window_seconds: float = 1.0) -> None:
        self._tail, self._seconds = tail, window_seconds
        self._recent: list[RequestRecord] = []
        self._requests = self._failures = 0

    def look(self, now: float) -> Live:
        """Read what is new and describe the window that ends now, in Unix seconds."""
        fresh = self._tail.read()
        self._requests += len(fresh)
        self._failures += sum(record.outcome.failed for record in fresh)
        self._recent = [record for record in [*self._recent, *fresh] if record.completed_at > now - self._seconds]
        return Live(self._rates(self._recent), self._requests, self._failures)

    def _rates(self, recent: Iterable[RequestRecord]) -> dict[Color, float]:
        counts = Counter(record.color for record in recent if record.color)
        return {color: counts[color] / self._seconds for color in Color}
