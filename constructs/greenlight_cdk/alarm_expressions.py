"""What the alarms of a color compute of each period, as CloudWatch metric math.

A rate at the limit is above it in every second period. So an alarm does not compare rates: it goes off when the bad
requests of a period are more than the limit allows by three standard deviations.
"""

from __future__ import annotations

from traffic_switch.judging.findings import SLOW_LIMIT

DEVIATIONS = 3
THRESHOLD = DEVIATIONS**2
"""The expressions are squares, since metric math has no need of roots then."""

MIN_REQUESTS = 100
"""Requests of a period below which it says nothing: the bake judges few requests better."""


def error_excess(limit: float) -> str:
    """Errors beyond a share of requests, in squared standard deviations of a Poisson count: (x - Ln)^2 / Ln.

    With a limit of 0 every error is too many.
    """
    errors = "FILL(errors, 0)"
    if not limit:
        return f"{2 * THRESHOLD} * ({errors} > 0)"
    excess, allowed = f"({errors} - {limit:.10g} * requests)", f"({limit:.10g} * requests)"
    return f"IF(requests >= {MIN_REQUESTS} AND {excess} > 0, {excess} * {excess} / {allowed}, 0)"


def slow_excess() -> str:
    """The same for answers that took too long, told by the percentage of those that did not (a percentile rank).

    With x = (100 - within) / 100 * n, (x - Ln)^2 / Ln is n * (100 - 100 L - within)^2 / 10,000 L.
    """
    excess = f"({100 - 100 * SLOW_LIMIT:g} - FILL(within, 100))"
    scale = f"{10_000 * SLOW_LIMIT:g}"
    return f"IF(answers >= {MIN_REQUESTS} AND {excess} > 0, answers * {excess} * {excess} / {scale}, 0)"
