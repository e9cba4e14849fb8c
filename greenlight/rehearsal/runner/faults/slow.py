"""A version that is slow where it is asked to be: a request whose query is `slow` reaches the service after 10 s."""

from __future__ import annotations

import time
from typing import Any

DELAY_SECONDS = 10.0


def faulty(application: Any) -> Any:
    """Return the WSGI application (PEP 3333) with the fault in it."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("QUERY_STRING") == "slow":
            time.sleep(DELAY_SECONDS)
        return application(environ, start_response)

    return answer
