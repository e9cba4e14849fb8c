"""The report, as a page and as JSON."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, current_app, g, render_template_string

from report.facts import runtime_report

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runtime report</title>
<style>
body { max-width: 40rem; margin: 0 auto; padding: 1.25rem; font: 16px/1.55 system-ui, sans-serif; }
dt { font-weight: 600; } dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Runtime report</h1>
<dl>{% for name, value in rows %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
</body>
</html>
"""

blueprint = Blueprint("pages", __name__)


@blueprint.get("/", strict_slashes=False)
def page() -> str:
    """Answer with a page that a phone can show."""
    return render_template_string(PAGE, rows=_rows(_report()))


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
