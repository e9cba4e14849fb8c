"""What a record says about a switch: pure functions over records in the order of completion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RequestRecord


def failed(record: RequestRecord) -> bool:
    """Whether a user would call the request failed."""
    return record.outcome.failed


def between(
    records: Iterable[RequestRecord], since: float | None = None, until: float | None = None
) -> list[RequestRecord]:
    """Return the records completed in the time from `since` to before `until`, in Unix seconds."""
    first, end = since or 0.0, float("inf") if until is None else until
    return [record for record in records if first <= record.completed_at < end]


def shift_seconds(
    records: Sequence[RequestRecord], wrote_at: float, new_color: Color, until: float | None = None
) -> float | None:
    """Return how long after the write of the rule, at `wrote_at`, the other color still answered.

    That is the completion of the other color's last answer: 0 if there was none, None if the new color never answered
    after it. A failure without a color delays nothing here; it is counted as a failure. An act that goes back later
    passes the time of that in `until`.
    """
    after = between(records, wrote_at, until)
    old = [index for index, record in enumerate(after) if record.color is new_color.other]
    rest = after[old[-1] + 1 :] if old else after
    if not any(record.color is new_color for record in rest):
        return None
    return after[old[-1]].completed_at - wrote_at if old else 0.0


def rollback_seconds(records: Sequence[RequestRecord], since: float | None = None) -> float | None:
    """Return how long users suffered: from the first bad answer that one got to the last.

    None if there was no bad answer, and also if the record ends with one: nothing then shows that it was over.
    """
    after = between(records, since)
    times = [index for index, record in enumerate(after) if failed(record)]
    if not times or times[-1] == len(after) - 1:
        return None
    return after[times[-1]].completed_at - after[times[0]].completed_at


@dataclass(frozen=True)
class Latency:
    """Percentiles of the time from when a request was due to its end, failures included, in milliseconds."""

    p50: float
    p95: float
    p99: float


def latency(records: Iterable[RequestRecord]) -> Latency | None:
    """Return the percentiles, or None without records."""
    values = sorted(record.latency_seconds * 1000 for record in records)
    if not values:
        return None
    return Latency(percentile(values, 50), percentile(values, 95), percentile(values, 99))


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least this share of the values do not exceed (nearest rank)."""
    if not ordered or not 0 < percent <= 100:
        raise ValueError(f"a percentile needs values, and a percent in (0, 100]; got {len(ordered)} values, {percent}")
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


@dataclass(frozen=True)
class Summary:
    """The figures of one load."""

    requests: int
    failed: int
    outcomes: Mapping[RequestOutcome, int]
    colors: Mapping[Color, int]
    """Answers by color, good and bad."""
    versions: Mapping[str, int]
    seconds: float
    """From when the first request was due to the last completion."""
    offered_per_second: float | None
    answered_per_second: float | None
    latency: Latency | None


def summarize(records: Sequence[RequestRecord]) -> Summary:
    """Count a load. Rates are None when there are too few records for one."""
    outcomes = Counter(record.outcome for record in records)
    seconds = _seconds(records)
    return Summary(
        requests=len(records),
        failed=sum(count for outcome, count in outcomes.items() if outcome.failed),
        outcomes=outcomes,
        colors=Counter(record.color for record in records if record.color),
        versions=Counter(record.version for record in records if record.version),
        seconds=seconds,
        offered_per_second=offered_rate(records),
        answered_per_second=outcomes[RequestOutcome.ANSWERED] / seconds if seconds else None,
        latency=latency(records),
    )


def offered_rate(records: Sequence[RequestRecord]) -> float | None:
    """Return requests due per second, which the due times tell: one interval less than there are requests."""
    due = [record.due_at for record in records]
    span = max(due) - min(due) if due else 0.0
    return (len(due) - 1) / span if span > 0 else None


def _seconds(records: Sequence[RequestRecord]) -> float:
    if not records:
        return 0.0
    return max(record.completed_at for record in records) - min(record.due_at for record in records)
