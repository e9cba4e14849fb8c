"""Requests through the load balancer, and real streams of them."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, TypeVar

import pytest
from traffic_switch import surroundings
from traffic_switch.model import Reply
from traffic_switch.ports.front_door import FrontDoor
from traffic_switch.surroundings import HttpReply, LambdaSurroundings

T = TypeVar("T")


class Around(LambdaSurroundings):
    """Surroundings whose clock only fetching moves."""

    def __init__(self, answer: HttpReply | Exception) -> None:
        self.answer, self.clock = answer, 50.0
        self.fetched: list[tuple[str, Mapping[str, str], float]] = []
        self.dues: list[float] = []

    def fetch(self, request: urllib.request.Request, timeout: float) -> HttpReply:
        self.fetched.append((request.full_url, dict(request.header_items()), timeout))
        self.clock += 0.25
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def spread(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> list[T]:
        self.dues = [due for due, _ in calls]
        return [call() for _, call in calls]

    def monotonic(self) -> float:
        return self.clock


ANSWER = HttpReply(200, {"x-environment": "green", "x-version": "2"})


def test_a_reply_says_who_answered_and_how_long_it_took() -> None:
    around = Around(ANSWER)

    assert FrontDoor("http://door/", around).ask("/page", {"X-A": "b"}, 7.0) == Reply(200, "green", "2", 250.0)
    ((url, headers, timeout),) = around.fetched
    assert (url, timeout) == ("http://door/page", 7.0)
    assert headers == {"User-agent": "greenlight", "X-a": "b"}


def test_a_domain_is_asked_for_at_the_load_balancer_s_own_name() -> None:
    around = Around(ANSWER)

    FrontDoor("https://balancer", around, "shop.example.com").ask("/page")

    assert around.fetched[0][:2] == ("https://balancer/page", {"User-agent": "greenlight", "Host": "shop.example.com"})


def test_a_request_waits_five_seconds_unless_told_otherwise() -> None:
    around = Around(ANSWER)

    FrontDoor("http://door", around).ask("/")

    assert around.fetched[0][2] == 5.0


@pytest.mark.parametrize("error", [OSError("refused"), http.client.BadStatusLine("?")])
def test_no_answer_is_a_reply_too(error: Exception) -> None:
    reply = FrontDoor("http://door", Around(error)).ask("/")

    assert reply == Reply(0, "", "", 250.0, problem=f"{type(error).__name__}: {error}")
    assert reply.failed


def test_an_answer_that_names_nobody_is_by_nobody() -> None:
    reply = FrontDoor("http://door", Around(HttpReply(503))).ask("/")

    assert (reply.status, reply.environment, reply.version) == (503, "", "")


def test_many_requests_leave_at_a_steady_rate() -> None:
    around = Around(ANSWER)

    replies = FrontDoor("http://door", around).ask_many("/", 4, per_second=10)

    assert len(replies) == 4
    assert around.dues == [0, 0.1, 0.2, 0.3]


def told(calls: Sequence[tuple[float, Callable[[], Any]]]) -> Iterator[Any]:
    return LambdaSurroundings().stream(calls)


def test_a_stream_tells_what_has_ended_although_earlier_calls_are_out() -> None:
    release = threading.Event()

    def slow() -> str:
        release.wait(5)
        return "slow"

    def last() -> str:
        release.set()
        return "last"

    found = list(told([(0, slow), (0.01, lambda: "quick"), (0.05, last)]))

    assert found[0] == "quick"
    assert sorted(found[1:]) == ["last", "slow"]


def test_a_stream_starts_each_call_when_it_is_due() -> None:
    started = time.monotonic()

    due = (0.0, 0.1, 0.2)
    moments = list(told([(at, time.monotonic) for at in due]))

    late = [moment - started - at for moment, at in zip(moments, due, strict=True)]
    assert all(0 <= each < 2 for each in late), late


def test_a_closed_stream_starts_nothing_more_and_waits_for_nobody() -> None:
    release, called = threading.Event(), list[str]()
    calls = [(0.0, lambda: release.wait(20)), (0.0, lambda: True), (0.1, lambda: called.append("late"))]
    started = time.monotonic()

    with closing(FrontDoor("http://door", LambdaSurroundings()).stream(calls)) as stream:
        next(stream)

    assert time.monotonic() - started < 2
    release.set()
    time.sleep(0.2)
    assert called == []


def test_what_a_call_raises_is_raised_to_whoever_reads_the_stream() -> None:
    def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        list(told([(0, fail)]))


def test_more_calls_of_a_stream_may_be_out_than_one_pool_of_threads_has_by_itself() -> None:
    all_in = threading.Barrier(64, timeout=5)

    assert len(list(told([(0.0, all_in.wait)] * 64))) == 64


def test_a_closed_stream_drops_the_calls_that_wait_for_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "MOST_IN_STREAM", 1)
    release, called = threading.Event(), list[str]()
    calls = [(0.0, lambda: time.sleep(0.02)), (0.0, lambda: release.wait(20)), (0.0, lambda: called.append("late"))]

    with closing(FrontDoor("http://door", LambdaSurroundings()).stream(calls)) as stream:
        next(stream)
    release.set()
    time.sleep(0.05)

    assert called == []
