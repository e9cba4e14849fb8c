"""report.json: the report for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from greenlight.rehearsal.report.result import ActResult, RehearsalReport

DIGITS = 6
"""Decimals that are kept: microseconds of a time, and no noise of binary fractions."""


def as_document(report: RehearsalReport) -> dict[str, Any]:
    """Return the report with the keys that are promised, in their order, and those added after them."""
    return {
        "compute": report.compute,
        "wall_seconds": round(report.wall_seconds, DIGITS),
        "verdict": report.verdict.value,
        "acts": [_act(act) for act in report.acts],
        "started_at": report.started_at,
        "notes": list(report.notes),
    }


def as_json(report: RehearsalReport) -> str:
    """Return the text of report.json."""
    return json.dumps(as_document(report), indent=2, allow_nan=False)


def _act(act: ActResult) -> dict[str, Any]:
    return {one.name: _plain(getattr(act, one.name)) for one in fields(act)}


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return round(value, DIGITS) if isinstance(value, float) else value
