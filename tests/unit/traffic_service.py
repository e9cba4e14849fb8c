"""A service that a pool of connections dials, with transports that only remember."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from greenlight.rehearsal.traffic.answer import AnswerReader
from greenlight.rehearsal.traffic.connection import Connection, Owner, Visit
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.pool import Pool, PoolLimits
from greenlight.rehearsal.traffic.profile import RequestKind
from greenlight.rehearsal.traffic.wire import Sendable

ANSWER = b"HTTP/1.1 200 OK\r\nX-Environment: blue\r\nContent-Length: 0\r\n\r\n"
REQUEST = Sendable(RequestKind("GET", "/", 1), "h")


class FakeTransport(asyncio.Transport):
    """The server's end of a connection, in the test's hands."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection, self.wrote, self.aborted = connection, 0, False
        self.data = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.wrote += 1
        self.data += bytes(data)

    def abort(self) -> None:
        if not self.aborted:
            self.aborted = True
            asyncio.get_running_loop().call_soon(self.connection.connection_lost, None)


class Service:
    """What the pool dials: it answers when the test says so, and refuses or hangs when told to."""

    def __init__(self, limits: PoolLimits) -> None:
        self.now = 0.0
        self.refusing = False
        self.hanging = False
        self.transports: list[FakeTransport] = []
        self.ended: list[RequestOutcome] = []
        self.pool = Pool(self._dial, limits, self._end, lambda: self.now)

    async def _dial(self, owner: Owner) -> None:
        if self.hanging:
            await asyncio.Event().wait()
        if self.refusing:
            raise ConnectionRefusedError("refused")
        connection = Connection(owner)
        self.transports.append(FakeTransport(connection))
        connection.connection_made(self.transports[-1])

    def _end(self, visit: Visit, outcome: RequestOutcome, answer: AnswerReader) -> None:
        self.ended.append(outcome)

    def offer(self, count: int = 1) -> None:
        for _ in range(count):
            self.pool.offer(Visit(self.now, REQUEST))

    def answer(self, data: bytes = ANSWER) -> None:
        """Answer whatever is asked at this moment."""
        for transport in [one for one in self.transports if one.connection.visit and not one.aborted]:
            transport.connection.data_received(data)

    async def hang_up(self, connection: Connection) -> None:
        connection.eof_received()
        connection.connection_lost(None)
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def rehearse(story: Callable[[Service], Awaitable[None]], **limits: float) -> Service:
    """Run a story with a filled pool and return the service as it is afterwards."""

    async def run() -> Service:
        service = Service(PoolLimits(**{"connections": 2, "max_connections": 4, "growth": 1, **limits}))  # type: ignore[arg-type]
        await service.pool.fill()
        await story(service)
        await settle()
        service.pool.close(RequestOutcome.UNANSWERED)
        await settle()
        return service

    return asyncio.run(run())
