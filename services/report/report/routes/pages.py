"""The report, as a page and as JSON."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, current_app, g, render_template

from report.facts import runtime_report

blueprint = Blueprint("pages", __name__)


@blueprint.get("/", strict_slashes=False)
def page() -> str:
    """Answer with a page that a phone can show."""
    return render_template("report.html", rows=_rows(_report()))


@blueprint.get("/info")
def info() -> dict[str, Any]:
    """Answer with the report as JSON."""
    return _report()


def _report() -> dict[str, Any]:
    """Return the report of this moment; `execution_ms` is the time that it took since the request came."""
    config = current_app.extensions["config"]
    report = {"environment": config.environment, "version": config.version, **runtime_report()}
    return {**report, "execution_ms": round((time.perf_counter() - g.began) * 1000, 3)}


def _rows(report: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in report.items():
        label = f"{before}{name.replace('_', ' ')}"
        rows += _rows(value, f"{label}: ") if isinstance(value, dict) else [(label, value)]
    return rows
