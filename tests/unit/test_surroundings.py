"""What the functions really find around them: HTTP, threads, clocks, clients."""

from __future__ import annotations

import os
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.config import Config
from traffic_switch.surroundings import SIDE_BY_SIDE, HttpReply, LambdaSurroundings, opener

AROUND = LambdaSurroundings()


class Door(BaseHTTPRequestHandler):
    """Answers with the status that is asked for; /302 leads to /200."""

    def do_GET(self) -> None:
        status = int(self.path.strip("/"))
        self.send_response(status)
        self.send_header("X-Environment", "green")
        self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(f"said {status}".encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[str]:
    """The address of a server on this machine."""
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetched(url: str, timeout: float = 5.0) -> HttpReply:
    return AROUND.fetch(urllib.request.Request(url), timeout)


@pytest.mark.parametrize("status", [200, 302, 404, 503])
def test_every_answer_is_a_reply_and_no_redirect_is_followed(door: str, status: int) -> None:
    reply = fetched(f"{door}/{status}")

    assert (reply.status, reply.body) == (status, f"said {status}".encode())
    assert reply.headers["x-environment"] == "green"


def test_no_proxy_of_the_environment_gets_a_request(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Door) as nobody:
        closed = nobody.server_port
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed}")

    with opener(ssl.create_default_context()).open(f"{door}/200", timeout=5) as answer:
        assert answer.read() == b"said 200"


def test_nobody_there_is_an_error_of_the_network() -> None:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        port = server.server_port

    with pytest.raises(OSError, match="refused"):
        fetched(f"http://127.0.0.1:{port}/200")


def test_an_answer_that_takes_too_long_is_an_error_of_the_network() -> None:
    with HTTPServer(("127.0.0.1", 0), Door) as server, pytest.raises(TimeoutError):
        fetched(f"http://127.0.0.1:{server.server_port}/200", timeout=0.05)


def test_calls_that_are_spread_start_when_they_are_due_and_answer_in_their_order() -> None:
    """The first call ends when the last one starts: none waits for another."""
    started, last = time.monotonic(), threading.Event()

    def call(name: str, then: Callable[[], object]) -> Callable[[], tuple[str, float]]:
        def run() -> tuple[str, float]:
            began = time.monotonic() - started
            then()
            return name, began

        return run

    calls = [("slow", lambda: last.wait(5)), ("next", lambda: None), ("last", last.set)]
    dues = [0.0, 0.02, 0.04]
    found = AROUND.spread([(due, call(*each)) for due, each in zip(dues, calls, strict=True)])

    assert [name for name, _ in found] == ["slow", "next", "last"]
    assert all(began >= due for (_, began), due in zip(found, dues, strict=True))
    assert last.is_set()


def test_as_many_calls_are_spread_side_by_side_as_the_smoke_test_needs() -> None:
    all_in = threading.Barrier(SIDE_BY_SIDE, timeout=5)

    assert len(AROUND.spread([(0.0, all_in.wait)] * SIDE_BY_SIDE)) == SIDE_BY_SIDE


def test_a_call_that_is_overdue_starts_at_once() -> None:
    started = time.monotonic()
    AROUND.spread([(-1.0, lambda: None)])

    assert time.monotonic() - started < 0.5


def test_a_client_is_of_its_service_and_has_the_timeouts_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    client = AROUND.client("sns", Config(connect_timeout=3))

    assert (client.meta.service_model.service_name, client.meta.config.connect_timeout) == ("sns", 3)


def test_the_environment_is_the_functions_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENLIGHT_TOPIC", "arn:topic")

    assert AROUND.environment["GREENLIGHT_TOPIC"] == os.environ["GREENLIGHT_TOPIC"] == "arn:topic"


def test_the_clocks_are_this_machines() -> None:
    assert AROUND.now() == pytest.approx(time.time(), abs=1)
    assert AROUND.monotonic() == pytest.approx(time.monotonic(), abs=1)


def test_sleeping_lets_time_pass() -> None:
    started = time.monotonic()
    AROUND.sleep(0.05)

    assert time.monotonic() - started >= 0.05
