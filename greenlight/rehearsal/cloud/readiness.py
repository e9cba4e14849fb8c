"""Says when the cloud can be used: GET /_greenlight/ready."""

from __future__ import annotations

import asyncio

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query


class Readiness:
    """Calls what waits for the AWS API; until that is done the answer is 503. A failure ends the cloud."""

    def __init__(self, context: CloudContext) -> None:
        self._waiting = context.on_ready
        self._is_ready = False
        context.control.route("ready", self._look)

    async def prepare(self) -> None:
        """Call the adapters' on_ready, one after the other. Raises what they raise."""
        for call in self._waiting:
            await asyncio.to_thread(call)
        self._is_ready = True

    async def _look(self, _method: str, _query: Query, _body: object) -> Answer:
        return (200 if self._is_ready else 503), {"ready": self._is_ready}
