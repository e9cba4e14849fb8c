"""A version that passes every check and fails under load, as `errors.mjs` does.

From the 51st production request on, one answer in ten is a 500, drawn from a fixed seed. A request with the preview
header is a test and does not count as traffic; /health, below any path, always works.
"""

from __future__ import annotations

import json
import os
import random
import threading
from typing import Any

QUIET_REQUESTS = 50
SHARE = 0.1


def faulty(application: Any) -> Any:
    """Return the WSGI application (PEP 3333) with the fault in it. Its server may answer in several threads."""
    drawn, lock = random.Random(20261121), threading.Lock()  # noqa: S311 - the same in every run
    produced = 0

    def fails(environ: dict[str, Any]) -> bool:
        nonlocal produced
        if environ["PATH_INFO"].endswith("/health"):
            return False
        with lock:
            produced += "HTTP_X_GREENLIGHT_PREVIEW" not in environ
            return produced > QUIET_REQUESTS and drawn.random() < SHARE

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if not fails(environ):
            return application(environ, start_response)
        identity = [("X-Environment", os.environ.get("ENVIRONMENT", "")), ("X-Version", os.environ.get("VERSION", ""))]
        start_response("500 Internal Server Error", [("Content-Type", "application/json"), *identity])
        return [json.dumps({"error": "rehearsed fault: errors"}).encode()]

    return answer
