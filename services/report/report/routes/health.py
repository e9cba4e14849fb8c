"""Liveness with the facts of the build."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app

from report.facts import uptime_seconds

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> tuple[dict[str, Any], int]:
    """Answer 200, or 503 once the service drains; the body is that of the shop."""
    config, lifecycle = current_app.extensions["config"], current_app.extensions["lifecycle"]
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts = {"environment": config.environment, "version": config.version, "uptime": uptime_seconds(), "timestamp": now}
    return facts, 503 if lifecycle.draining else 200
