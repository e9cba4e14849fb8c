"""How long health checks, and what waits for them, take compared to what templates say."""

from __future__ import annotations

import os

CHECK_SCALE_VARIABLE = "GREENLIGHT_HEALTH_CHECK_SCALE"
"""AWS and CDK refuse intervals below 5 s, so a quick rehearsal cannot get there by settings."""


def check_scale() -> float:
    """Return the seconds that pass here for each second of a health check."""
    return float(os.environ.get(CHECK_SCALE_VARIABLE, "1"))
