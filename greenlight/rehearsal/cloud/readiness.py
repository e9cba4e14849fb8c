"""Says when the cloud can be used: GET /_greenlight/ready."""

from __future__ import annotations

import asyncio
import logging

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query

log = logging.getLogger(__name__)


class Readiness:
    """Calls what waits for the AWS API, and tells how that went: 503 until it is done, 500 when it failed."""

    def __init__(self, context: CloudContext) -> None:
        self._waiting = context.on_ready
        self._answer: Answer = (503, {"ready": False})
        context.control.route("ready", self._look)

    async def prepare(self) -> None:
        """Call the adapters' on_ready, one after the other."""
        try:
            for call in self._waiting:
                await asyncio.to_thread(call)
        except Exception as error:
            log.exception("the cloud cannot be used")
            self._answer = (500, {"ready": False, "error": f"{type(error).__name__}: {error}"})
        else:
            self._answer = (200, {"ready": True})

    async def _look(self, _method: str, _query: Query, _body: object) -> Answer:
        return self._answer
