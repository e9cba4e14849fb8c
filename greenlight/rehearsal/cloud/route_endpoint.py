"""GET, PUT and DELETE /_greenlight/routes: where targets really are, seen and set from outside."""

from __future__ import annotations

from typing import Any

from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.routes import Routes


class RouteEndpoint:
    """Shows the routes, and takes those of targets that the runner did not start."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    def answer(self, method: str, _query: Query, body: Any) -> Answer:
        """Answer with all routes. A body is `{"target", "port"}`, and to set one also `{"host", "real_port"}`."""
        if method == "PUT":
            self._routes.publish(body["target"], body["port"], body.get("host", "127.0.0.1"), body["real_port"])
        elif method == "DELETE":
            self._routes.withdraw(body["target"], body["port"])
        found = sorted(self._routes.all().items())
        return 200, {f"{target}:{port}": f"{at.host}:{at.port}" for (target, port), at in found}
