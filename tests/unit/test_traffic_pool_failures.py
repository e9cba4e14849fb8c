"""The connections of a load when the service refuses, hangs or hangs up: each request fails once, as what it was."""

from __future__ import annotations

import asyncio

import pytest

from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.pool import PoolLimits
from tests.unit.traffic_service import Service, rehearse, settle


def test_a_service_that_cannot_be_reached_is_told_at_once() -> None:
    async def run() -> None:
        service = Service(PoolLimits(connections=2))
        service.refusing = True
        await service.pool.fill()

    with pytest.raises(ConnectionRefusedError):
        asyncio.run(run())


def test_a_connection_that_closes_under_a_request_fails_it_without_a_retry() -> None:
    async def story(service: Service) -> None:
        service.offer()
        await service.hang_up(service.transports[0].connection)
        assert service.ended == [RequestOutcome.RESET]
        assert sum(transport.wrote for transport in service.transports) == 1

    rehearse(story)


def test_requests_that_were_due_while_nothing_listens_are_refused() -> None:
    async def story(service: Service) -> None:
        service.refusing = True
        for transport in list(service.transports):
            await service.hang_up(transport.connection)
        service.offer(3)
        await settle()
        service.pool.tick()
        await settle()

    assert rehearse(story).ended == [RequestOutcome.REFUSED] * 3


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
        assert service.ended == [RequestOutcome.TIMEOUT] * 3

    rehearse(story, max_connections=2)


def test_a_late_answer_is_not_taken_for_the_answer_to_the_next_request() -> None:
    async def story(service: Service) -> None:
        service.offer()
        service.now = 6.0
        service.pool.tick()
        assert service.transports[0].aborted

    assert rehearse(story).ended == [RequestOutcome.TIMEOUT]


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

    assert rehearse(story).ended == [RequestOutcome.TIMEOUT, RequestOutcome.ANSWERED]


def test_closing_ends_every_request_that_is_still_open_once() -> None:
    async def story(service: Service) -> None:
        service.offer(5)

    service = rehearse(story)

    assert service.ended == [RequestOutcome.UNANSWERED] * 5
    assert service.pool.unfinished == 0
