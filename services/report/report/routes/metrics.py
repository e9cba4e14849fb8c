"""Metrics, for callers who did not come through the load balancer."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

BALANCERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Amzn-Trace-Id")
"""What the load balancer puts on every request, whatever the client sent (Application Load Balancers' guide)."""

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer in Prometheus' own format; 404 for whoever came through the load balancer."""
    if any(name in request.headers for name in BALANCERS):
        abort(404)
    return Response(current_app.extensions["metrics"].text(), content_type=CONTENT_TYPE_LATEST)
