"""The service's metrics for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from report.config import Config
from report.facts import uptime_seconds

LABELS = ("color", "version", "method", "route", "status")
METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
"""Those of HTTP (RFC 9110, section 9, and RFC 5789). gunicorn takes any word, and each would be a series for good."""


class Metrics:
    """Requests by route pattern and status, their durations, and what the process uses.

    They are counted in this process: there is one, with threads.
    """

    def __init__(self, config: Config) -> None:
        self._identity = (config.environment, config.version)
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter("report_http_requests", "Requests.", LABELS, registry=self.registry)
        self._durations = Histogram(
            "report_http_request_duration_seconds",
            "Time to an answer.",
            (*LABELS[:2], "route"),
            registry=self.registry,
        )
        uptime = Gauge("report_uptime_seconds", "Time since the start.", LABELS[:2], registry=self.registry)
        uptime.labels(*self._identity).set_function(uptime_seconds)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        known = method if method in METHODS else "other"
        self._requests.labels(*self._identity, known, route, str(status)).inc()
        self._durations.labels(*self._identity, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
