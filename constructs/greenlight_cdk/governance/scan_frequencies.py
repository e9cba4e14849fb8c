"""When a registry scans. Pure data."""

from __future__ import annotations

from collections.abc import Mapping

FREQUENCIES: Mapping[str, str] = {"basic": "SCAN_ON_PUSH", "enhanced": "CONTINUOUS_SCAN"}
"""By the way of scanning: a basic scan looks once, at the push. Amazon Inspector looks again whenever it learns of
something."""
