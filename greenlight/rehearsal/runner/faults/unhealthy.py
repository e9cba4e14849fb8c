"""A version whose health check fails: /health, below any path, answers 500, everything else is the service's own."""

from __future__ import annotations

import json
import os
from typing import Any


def faulty(application: Any) -> Any:
    """Return the WSGI application (PEP 3333) with the fault in it."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if not environ["PATH_INFO"].endswith("/health"):
            return application(environ, start_response)
        identity = [("X-Environment", os.environ.get("ENVIRONMENT", "")), ("X-Version", os.environ.get("VERSION", ""))]
        start_response("500 Internal Server Error", [("Content-Type", "application/json"), *identity])
        return [json.dumps({"error": "rehearsed fault: unhealthy"}).encode()]

    return answer
