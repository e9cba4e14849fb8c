"""From a load's record to an act's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from greenlight.rehearsal.report.result import ActResult
from greenlight.rehearsal.report.timeline import timeline
from greenlight.rehearsal.traffic.analysis import summarize
from greenlight.rehearsal.traffic.record import RequestRecord


def with_traffic(act: ActResult, records: Sequence[RequestRecord]) -> ActResult:
    """Return the act with every figure that its record tells by itself.

    Shift and rollback times need to know what the state machine did: the act computes those.
    """
    summary = summarize(records)
    return replace(
        act,
        requests=summary.requests,
        failed_requests=summary.failed,
        requests_per_second=summary.answered_per_second,
        offered_rate=summary.offered_per_second,
        latency_ms=summary.latency,
        answers={color.value: count for color, count in summary.colors.items()},
        failures={kind.name.lower(): count for kind, count in summary.outcomes.items() if kind.failed},
        timeline=timeline(records),
    )
