"""The connections of a load, with transports that only remember."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from greenlight.rehearsal.traffic.answer import AnswerReader
from greenlight.rehearsal.traffic.connection import Connection, Owner, Visit
from greenlight.rehearsal.traffic.outcome import Outcome
from greenlight.rehearsal.traffic.pool import Pool, PoolLimits
from greenlight.rehearsal.traffic.profile import RequestKind
from greenlight.rehearsal.traffic.wire import Sendable

ANSWER = b"HTTP/1.1 200 OK\r\nX-Environment: blue\r\nContent-Length: 0\r\n\r\n"
LAST_ANSWER = ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
REQUEST = Sendable(RequestKind("GET", "/", 1), "h")


class FakeTransport(asyncio.Transport):
    """The server's end of a connection, in the test's hands."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection, self.wrote, self.aborted = connection, 0, False

    def write(self, data: object) -> None:
        self.wrote += 1

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
        self.ended: list[Outcome] = []
        self.pool = Pool(self._dial, limits, self._end, lambda: self.now)

    async def _dial(self, owner: Owner) -> None:
        if self.hanging:
            await asyncio.Event().wait()
        if self.refusing:
            raise ConnectionRefusedError("refused")
        connection = Connection(owner)
        self.transports.append(FakeTransport(connection))
        connection.connection_made(self.transports[-1])

    def _end(self, visit: Visit, outcome: Outcome, answer: AnswerReader) -> None:
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
        service.pool.close(Outcome.UNANSWERED)
        await settle()
        return service

    return asyncio.run(run())


def test_connections_are_open_before_the_first_request() -> None:
    async def story(service: Service) -> None:
        assert service.pool.size == 2

    rehearse(story)


def test_a_service_that_cannot_be_reached_is_told_at_once() -> None:
    async def run() -> None:
        service = Service(PoolLimits(connections=2))
        service.refusing = True
        await service.pool.fill()

    with pytest.raises(ConnectionRefusedError):
        asyncio.run(run())


def test_connections_take_turns() -> None:
    async def story(service: Service) -> None:
        for _ in range(4):
            service.offer()
            service.answer()
        assert [transport.wrote for transport in service.transports] == [2, 2]

    assert rehearse(story).ended == [Outcome.ANSWERED] * 4


def test_a_request_that_finds_all_busy_waits_for_the_next_free_connection() -> None:
    async def story(service: Service) -> None:
        service.offer(3)
        assert service.pool.unfinished == 3
        service.answer()
        service.answer()
        assert service.pool.unfinished == 0

    assert rehearse(story).ended == [Outcome.ANSWERED] * 3


def test_the_pool_grows_step_by_step_while_requests_wait_up_to_its_cap() -> None:
    async def story(service: Service) -> None:
        service.offer(10)
        sizes = []
        for _ in range(4):
            service.pool.tick()
            await settle()
            sizes.append(service.pool.size)
        assert sizes == [3, 4, 4, 4]

    rehearse(story)


def test_a_lost_connection_is_replaced_though_nobody_waits() -> None:
    async def story(service: Service) -> None:
        await service.hang_up(service.transports[0].connection)
        assert service.pool.size == 1
        service.pool.tick()
        await settle()
        assert service.pool.size == 2

    assert rehearse(story).ended == []


def test_a_connection_that_the_server_closed_while_idle_gets_no_request() -> None:
    async def story(service: Service) -> None:
        service.transports[0].connection.eof_received()
        service.offer(2)
        assert [transport.wrote for transport in service.transports] == [0, 1]

    rehearse(story)


def test_a_connection_that_closes_under_a_request_fails_it_without_a_retry() -> None:
    async def story(service: Service) -> None:
        service.offer()
        await service.hang_up(service.transports[0].connection)
        assert service.ended == [Outcome.RESET]
        assert sum(transport.wrote for transport in service.transports) == 1

    rehearse(story)


def test_an_answer_that_says_close_is_good_and_its_connection_is_replaced_for_who_waits() -> None:
    async def story(service: Service) -> None:
        service.offer(3)
        service.answer(LAST_ANSWER)
        await settle()
        service.answer()

    assert rehearse(story).ended == [Outcome.ANSWERED] * 3


def test_requests_that_were_due_while_nothing_listens_are_refused() -> None:
    async def story(service: Service) -> None:
        service.refusing = True
        for transport in list(service.transports):
            await service.hang_up(transport.connection)
        service.offer(3)
        await settle()
        service.pool.tick()
        await settle()

    assert rehearse(story).ended == [Outcome.REFUSED] * 3


def test_a_spare_connection_that_is_refused_fails_nobody() -> None:
    async def story(service: Service) -> None:
        await service.hang_up(service.transports[0].connection)
        service.refusing = True
        service.pool.tick()
        await settle()

    assert rehearse(story).ended == []


def test_a_request_times_out_from_its_due_time_whether_sent_or_waiting() -> None:
    async def story(service: Service) -> None:
        service.offer(3)
        service.now = 4.9
        service.pool.tick()
        assert service.ended == []
        service.now = 5.0
        service.pool.tick()
        assert service.ended == [Outcome.TIMEOUT] * 3

    rehearse(story, max_connections=2)


def test_a_late_answer_is_not_taken_for_the_answer_to_the_next_request() -> None:
    async def story(service: Service) -> None:
        service.offer()
        service.now = 6.0
        service.pool.tick()
        assert service.transports[0].aborted

    assert rehearse(story).ended == [Outcome.TIMEOUT]


def test_bytes_that_nobody_asked_for_cost_the_connection_but_no_request() -> None:
    async def story(service: Service) -> None:
        service.transports[0].connection.data_received(ANSWER)
        assert service.transports[0].aborted
        service.offer()
        service.answer()

    assert rehearse(story).ended == [Outcome.ANSWERED]


def test_an_attempt_to_connect_that_hangs_is_given_up_with_its_request() -> None:
    async def story(service: Service) -> None:
        service.hanging = True
        await service.hang_up(service.transports[0].connection)
        await service.hang_up(service.transports[1].connection)
        service.offer()
        await settle()
        service.now = 5.0
        service.pool.tick()
        await settle()
        service.hanging = False
        service.offer()
        await settle()
        service.answer()

    assert rehearse(story).ended == [Outcome.TIMEOUT, Outcome.ANSWERED]


def test_closing_ends_every_request_that_is_still_open_once() -> None:
    async def story(service: Service) -> None:
        service.offer(5)

    service = rehearse(story)

    assert service.ended == [Outcome.UNANSWERED] * 5
    assert service.pool.unfinished == 0
