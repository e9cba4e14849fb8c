"""The application; it does not listen."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from report.config import Config, read_config
from report.lifecycle import Lifecycle
from report.metrics import Metrics
from report.routes import health, metrics, pages

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}
LIFECYCLE = Lifecycle()


def create_app(config: Config | None = None, lifecycle: Lifecycle = LIFECYCLE) -> Flask:
    """Build the application from a checked environment.

    Behind the load balancer its paths begin with the prefix, which the balancer does not take off; the health checks
    and the host's agent ask without it.
    """
    config = config or read_config(os.environ)
    app = Flask("report", static_folder=None)
    app.extensions["config"], app.extensions["lifecycle"] = config, lifecycle
    app.extensions["metrics"] = Metrics(config)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(pages.blueprint)
    if config.prefix:
        app.register_blueprint(health.blueprint, url_prefix=config.prefix, name="prefixed health")
        app.register_blueprint(pages.blueprint, url_prefix=config.prefix, name="prefixed pages")
    app.before_request(_begin)
    app.after_request(_finish(app, config, lifecycle))
    app.register_error_handler(HTTPException, _problem)
    return app


def _begin() -> None:
    g.began = time.perf_counter()


def _finish(app: Flask, config: Config, lifecycle: Lifecycle) -> Callable[[Response], Response]:
    """Stamp every answer with who gave it, count it, and end its connection while draining."""
    headers = {"X-Environment": config.environment, "X-Version": config.version, **SECURITY}

    def finish(answer: Response) -> Response:
        answer.headers.update(headers)
        answer.headers.setdefault("Cache-Control", "no-store")
        if lifecycle.draining:
            answer.headers["Connection"] = "close"
        route = request.url_rule.rule if request.url_rule else "unmatched"
        app.extensions["metrics"].observe(request.method, route, answer.status_code, time.perf_counter() - g.began)
        return answer

    return finish


def _problem(error: HTTPException) -> tuple[dict[str, str], int]:
    return {"error": error.description or error.name}, error.code or 500
