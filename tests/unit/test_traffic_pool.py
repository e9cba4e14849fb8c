"""The connections of a load: which request goes where, and when there are more of them."""

from __future__ import annotations

import asyncio

from greenlight.rehearsal.traffic.connection import PIECES, Visit
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.profile import RequestKind
from greenlight.rehearsal.traffic.wire import Sendable
from tests.unit.traffic_service import ANSWER, Service, rehearse, settle

UPLOAD = Sendable(RequestKind("PUT", "/", 1, body="x" * 70, body_seconds=0.05), "h")
LAST_ANSWER = ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


def test_connections_are_open_before_the_first_request() -> None:
    async def story(service: Service) -> None:
        assert service.pool.size == 2

    rehearse(story)


def test_connections_take_turns() -> None:
    async def story(service: Service) -> None:
        for _ in range(4):
            service.offer()
            service.answer()
        assert [transport.wrote for transport in service.transports] == [2, 2]

    assert rehearse(story).ended == [RequestOutcome.ANSWERED] * 4


def test_a_request_that_finds_all_busy_waits_for_the_next_free_connection() -> None:
    async def story(service: Service) -> None:
        service.offer(3)
        assert service.pool.unfinished == 3
        service.answer()
        service.answer()
        assert service.pool.unfinished == 0

    assert rehearse(story).ended == [RequestOutcome.ANSWERED] * 3


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


def test_an_answer_that_says_close_is_good_and_its_connection_is_replaced_for_who_waits() -> None:
    async def story(service: Service) -> None:
        service.offer(3)
        service.answer(LAST_ANSWER)
        await settle()
        service.answer()

    assert rehearse(story).ended == [RequestOutcome.ANSWERED] * 3


def test_bytes_that_nobody_asked_for_cost_the_connection_but_no_request() -> None:
    async def story(service: Service) -> None:
        service.transports[0].connection.data_received(ANSWER)
        assert service.transports[0].aborted
        service.offer()
        service.answer()

    assert rehearse(story).ended == [RequestOutcome.ANSWERED]


def test_a_slow_body_is_sent_in_pieces_and_whole() -> None:
    async def story(service: Service) -> None:
        service.pool.offer(Visit(0.0, UPLOAD))
        transport = service.transports[0]
        assert transport.wrote == 2
        while not transport.data.endswith(b"x" * 70):
            await asyncio.sleep(0.01)
        assert 10 < transport.wrote <= 1 + PIECES
        assert transport.data == UPLOAD.wire()
        service.answer()

    assert rehearse(story).ended == [RequestOutcome.ANSWERED]


def test_a_connection_whose_request_was_answered_before_it_was_whole_carries_no_other() -> None:
    async def story(service: Service) -> None:
        service.pool.offer(Visit(0.0, UPLOAD))
        service.answer()
        assert service.transports[0].aborted
        await asyncio.sleep(0.06)
        assert service.transports[0].wrote == 2

    assert rehearse(story).ended == [RequestOutcome.ANSWERED]
