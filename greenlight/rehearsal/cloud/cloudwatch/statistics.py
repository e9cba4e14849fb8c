"""The statistics of CloudWatch that Greenlight asks for (CloudWatch guide, "CloudWatch statistics definitions")."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BASIC = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
_PERCENTILE = re.compile(r"p(\d{1,2}(\.\d{1,10})?|100)")
_RANK = re.compile(r"PR\((\d+\.?\d*|\.\d+)?:(\d+\.?\d*|\.\d+)?\)")
REHEARSED = f"{', '.join(_BASIC)}, p95 and the like, PR(:0.5) and the like"


def is_rehearsed(statistic: str) -> bool:
    """Whether the local cloud can work a statistic out. ministack gives the average for those it does not know."""
    return statistic in _BASIC or bool(_PERCENTILE.fullmatch(statistic)) or rank_bounds(statistic) is not None


def rank_bounds(statistic: str) -> tuple[float, float] | None:
    """The bounds of a percentile rank such as `PR(:0.5)` or `PR(0.1:0.5)`; None of any other statistic."""
    match = _RANK.fullmatch(statistic)
    if match is None or not any(match.groups()):
        return None
    return float(match[1] or "-inf"), float(match[2] or "inf")


def percentile_rank(values: Iterable[tuple[float, float]], bounds: tuple[float, float]) -> float | None:
    """The percentage of values above the lower and up to the upper bound, given as values and how often each came."""
    low, high = bounds
    total = inside = 0.0
    for value, count in values:
        total += count
        inside += count * (low < value <= high)
    return 100 * inside / total if total else None
