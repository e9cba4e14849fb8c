"""The load generator as a process, against a small server whose every answer is known."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from traffic_switch.contract import Color

from greenlight.processes.owner import Processes
from greenlight.rehearsal.traffic.analysis import offered_rate, rollback_seconds, shift_seconds
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.pool import PoolLimits
from greenlight.rehearsal.traffic.process import Traffic, TrafficError, TrafficOrder
from greenlight.rehearsal.traffic.record import RequestRecord, read_records

pytestmark = pytest.mark.rehearsal

RATE = 400


class Server:
    """Answers with a color and a version, both of which a test can change, and misbehaves at every nth request."""

    def __init__(self) -> None:
        self.color = "blue"
        self.faults: dict[int, RequestOutcome] = {}
        self.gave: Counter[RequestOutcome] = Counter()
        self.connections = 0
        self._asked = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._on_loop(lambda: self._loop.create_server(lambda: Side(self), "127.0.0.1", 0))
        self.url = "http://{}:{}".format(*self._server.sockets[0].getsockname())

    def _on_loop(self, make: Callable[[], object]) -> asyncio.Server:
        return cast(asyncio.Server, asyncio.run_coroutine_threadsafe(make(), self._loop).result())  # type: ignore[arg-type]

    def stop_listening(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)

    def close(self) -> None:
        self.stop_listening()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def next_outcome(self) -> RequestOutcome:
        self._asked += 1
        outcome = next(
            (fault for every, fault in self.faults.items() if self._asked % every == 0), RequestOutcome.ANSWERED
        )
        self.gave[outcome] += 1
        return outcome

    def answer(self, outcome: RequestOutcome) -> bytes:
        status = 500 if outcome is RequestOutcome.SERVER_ERROR else 200
        marks = (
            ""
            if outcome is RequestOutcome.UNMARKED
            else f"X-Environment: {self.color}\r\nX-Version: {self.color}-1\r\n"
        )
        body = "hel" if outcome is RequestOutcome.TRUNCATED else "hello"
        return f"HTTP/1.1 {status} Reason\r\n{marks}Content-Length: 5\r\n\r\n{body}".encode()


class Side(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._server.connections += 1

    def data_received(self, data: bytes) -> None:
        outcome = self._server.next_outcome()
        if outcome is RequestOutcome.RESET:
            self._transport.abort()
        elif outcome is not RequestOutcome.TIMEOUT:
            self._transport.write(self._server.answer(outcome))
        if outcome is RequestOutcome.TRUNCATED:
            self._transport.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@contextmanager
def start(server: Server, folder: Path, **options: float) -> Iterator[Traffic]:
    order = {"rate": RATE, "connections": 50, "timeout_seconds": 0.5, **options}
    asked = TrafficOrder(server.url, folder / "load.jsonl", **order)  # type: ignore[arg-type]
    with Processes() as processes, Traffic(asked, folder / "load.log", processes) as traffic:
        yield traffic


def load_for(seconds: float, server: Server, folder: Path, **options: float) -> list[RequestRecord]:
    with start(server, folder, **options) as traffic:
        time.sleep(seconds)
        return traffic.stop()


def test_every_request_is_recorded_with_the_outcome_that_the_server_gave_it(server: Server, tmp_path: Path) -> None:
    server.faults = {
        11: RequestOutcome.SERVER_ERROR,
        31: RequestOutcome.RESET,
        37: RequestOutcome.TRUNCATED,
        41: RequestOutcome.UNMARKED,
        97: RequestOutcome.TIMEOUT,
    }

    records = load_for(2.0, server, tmp_path, timeout_seconds=2.0)

    assert Counter(record.outcome for record in records) == server.gave
    assert min(server.gave.values()) >= 5
    assert len(records) == sum(server.gave.values())


def test_a_load_that_is_stopped_loses_nothing_and_fails_nothing(server: Server, tmp_path: Path) -> None:
    records = load_for(1.0, server, tmp_path)

    assert Counter(record.outcome for record in records) == server.gave == {RequestOutcome.ANSWERED: len(records)}
    assert offered_rate(records) == pytest.approx(RATE, rel=0.01)


def test_connections_are_used_again_and_only_so_many_are_added_when_requests_have_to_wait(
    server: Server, tmp_path: Path
) -> None:
    records = load_for(1.5, server, tmp_path)

    assert 50 <= server.connections <= PoolLimits().max_connections < len(records)


def test_a_switch_of_color_is_seen_in_colors_and_versions(server: Server, tmp_path: Path) -> None:
    with start(server, tmp_path) as traffic:
        time.sleep(0.5)
        wrote_at = time.time()
        server.color = "green"
        time.sleep(0.5)
        records = traffic.stop()

    assert shift_seconds(records, wrote_at, Color.GREEN) == pytest.approx(0.0, abs=0.1)
    assert {record.color for record in records} == {Color.BLUE, Color.GREEN}
    assert {record.version for record in records} == {"blue-1", "green-1"}


def test_a_growing_record_can_be_followed(server: Server, tmp_path: Path) -> None:
    with start(server, tmp_path) as traffic:
        time.sleep(0.5)
        early = traffic.tail.read()
        records = traffic.stop()

    assert 0 < len(early) < len(records)
    assert [*early, *traffic.tail.read()] == records


def test_a_pause_of_the_service_is_in_the_latency_of_every_request_due_in_it(server: Server, tmp_path: Path) -> None:
    with start(server, tmp_path, timeout_seconds=5) as traffic:
        time.sleep(0.3)
        server._loop.call_soon_threadsafe(time.sleep, 0.4)
        time.sleep(0.9)
        records = traffic.stop()

    slow = [record for record in records if record.latency_seconds > 0.1]
    assert not any(record.outcome.failed for record in records)
    assert len(slow) == pytest.approx(0.3 * RATE, rel=0.3)


def test_a_service_that_stops_listening_refuses_what_is_due_then(server: Server, tmp_path: Path) -> None:
    with start(server, tmp_path) as traffic:
        server.stop_listening()
        time.sleep(0.1)
        server.faults = {1: RequestOutcome.RESET}
        time.sleep(0.5)
        records = traffic.stop()

    outcomes = Counter(record.outcome for record in records)
    assert outcomes[RequestOutcome.RESET] == server.gave[RequestOutcome.RESET] == server.connections
    assert outcomes[RequestOutcome.REFUSED] > 100
    assert rollback_seconds(records) is None


def test_requests_without_an_answer_at_the_end_are_counted_after_a_grace_of_two_seconds(
    server: Server, tmp_path: Path
) -> None:
    server.faults = {1: RequestOutcome.TIMEOUT}
    with start(server, tmp_path, rate=20, timeout_seconds=60) as traffic:
        time.sleep(0.5)
        stopped = time.monotonic()
        records = traffic.stop()

    assert 1.9 < time.monotonic() - stopped < 4
    assert {record.outcome for record in records} == {RequestOutcome.UNANSWERED}
    assert len(records) == server.gave[RequestOutcome.TIMEOUT]


def test_a_load_on_nothing_does_not_start(tmp_path: Path, processes: Processes) -> None:
    order = TrafficOrder("http://127.0.0.1:1", tmp_path / "load.jsonl")

    with pytest.raises(TrafficError, match=r"cannot connect to http://127.0.0.1:1: .*; start the service"):
        Traffic(order, tmp_path / "load.log", processes)


def test_leaving_the_block_ends_the_process(server: Server, tmp_path: Path) -> None:
    with start(server, tmp_path) as traffic:
        pass

    assert traffic._process.poll() == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_signals_end_it_cleanly_with_a_tally(server: Server, tmp_path: Path, number: int) -> None:
    command = TrafficOrder(server.url, tmp_path / "load.jsonl", rate=RATE).command()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(number)
        tally = json.loads(process.stdout.read())

    assert process.returncode == 0
    assert tally["failed"] == 0
    assert tally["offered"] == len(read_records(tmp_path / "load.jsonl")) == sum(server.gave.values())


def test_the_load_ends_with_the_process_that_asked_for_it_and_loses_nothing(server: Server, tmp_path: Path) -> None:
    record = tmp_path / "load.jsonl"
    owner = (
        "import os, pathlib, signal, time\n"
        "from greenlight.processes.owner import Processes\n"
        "from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder\n"
        f"record = pathlib.Path({str(record)!r})\n"
        f"Traffic(TrafficOrder({server.url!r}, record, {RATE}), record.with_suffix('.log'), Processes())\n"
        "time.sleep(0.5)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", owner], check=False)
    time.sleep(0.7)

    asked = sum(server.gave.values())
    time.sleep(0.3)

    assert 0 < asked == sum(server.gave.values()) == len(read_records(record))
