"""The report as a container: gunicorn on the service's own Python, as its image starts it, with and without faults."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from greenlight.processes.owner import Processes
from greenlight.project import CHECKOUT
from greenlight.rehearsal.runner.catalog import VersionEntry
from greenlight.rehearsal.runner.faults import slow
from tests.rehearsal.runner_bench import TARGET, Bench, eventually

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(60)]
LONG_ENOUGH_SECONDS = 0.5
QUIETLY: dict[str, Any] = {"ENVIRONMENT": "green", "DRAIN_SECONDS": "0", "REPORT_SECONDS": "0"}


@pytest.fixture
def bench(tmp_path: Path, processes: Processes) -> Iterator[Bench]:
    bench = Bench(tmp_path, processes, CHECKOUT)
    yield bench
    bench.runner.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def faulty(bench: Bench, fault: str) -> None:
    bench.runner.catalog.write({}, {("report", "v2"): VersionEntry((fault,))})
    bench.run(service="report", version="v2", **QUIETLY)


def test_the_report_is_answered_where_the_container_is_published_by_who_it_says_it_is(bench: Bench) -> None:
    bench.run(service="report", version="v2", **QUIETLY)

    with urllib.request.urlopen(f"http://127.0.0.1:{bench.published()}/report") as answer:
        assert (answer.headers["X-Environment"], answer.headers["X-Version"]) == ("green", "v2")


def test_it_believes_to_listen_on_the_containers_port(bench: Bench) -> None:
    container = bench.run(service="report", **QUIETLY)
    port = bench.published()

    (said,) = [line for line in container.log.tail().splitlines() if '"listening"' in line]
    assert json.loads(said)["port"] == 3000 != port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_where_it_is_not_published_it_is_not_reached(bench: Bench, host: str) -> None:
    """Neither by the route nor at this machine's own port of that number."""
    port = free_port()
    container = bench.run(service="report", **QUIETLY, HOST=host, PORT=str(port))
    eventually(lambda: '"listening"' in container.log.tail())
    time.sleep(LONG_ENOUGH_SECONDS)

    assert TARGET not in bench.routes.table
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


def test_what_listens_on_the_containers_own_loopback_address_is_not_published(bench: Bench) -> None:
    container = bench.run(service="report", **QUIETLY, HOST="127.0.0.1")
    eventually(lambda: '"listening"' in container.log.tail())
    time.sleep(LONG_ENOUGH_SECONDS)

    assert TARGET not in bench.routes.table


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the environment of a process")
def test_it_gets_nothing_of_who_rehearses(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of-mine")
    look = bench.run(service="report", **QUIETLY).look()
    bench.published()
    given = dict(
        each.split("=", 1) for each in Path(f"/proc/{look.pid}/environ").read_text().split("\0") if "=" in each
    )

    assert "A_SECRET" not in given
    assert given["HOME"] == str(bench.run_dir / "home") != os.environ.get("HOME")


def test_it_drains_and_ends_well_when_it_is_asked_to_stop(bench: Bench) -> None:
    container = bench.run(service="report", **QUIETLY)
    bench.published()

    container.stop(timeout_seconds=20)

    assert container.look().exit_code == 0


def test_the_unhealthy_fault_breaks_the_health_check_alone(bench: Bench) -> None:
    faulty(bench, "unhealthy")

    paths = ("/health", "/report/health", "/report", "/report/info")
    assert [bench.get(path)[0] for path in paths] == [500, 500, 200, 200]
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"http://127.0.0.1:{bench.published()}/health")
    assert (answer.value.headers["X-Environment"], answer.value.headers["X-Version"]) == ("green", "v2")
    answer.value.close()


def test_the_errors_fault_answers_one_in_ten_with_500_under_traffic_alone(bench: Bench) -> None:
    faulty(bench, "errors")
    preview = {"X-Greenlight-Preview": "green-secret"}

    tested = {bench.get("/report", **preview)[0] for _ in range(60)}
    first = {bench.get("/report")[0] for _ in range(50)}
    loaded = [bench.get("/report")[0] for _ in range(500)]
    checked = {bench.get("/report/health")[0] for _ in range(50)}

    assert (tested, first, checked) == ({200}, {200}, {200})
    assert 35 <= loaded.count(500) <= 65


@pytest.mark.parametrize(("query", "waited"), [("slow", [10.0]), ("", []), ("slow=1", [])])
def test_the_slow_fault_makes_those_wait_who_ask_for_it(
    query: str, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    application: Callable[..., Any] = slow.faulty(lambda *_: "answered")

    assert application({"QUERY_STRING": query}, None) == "answered"
    assert slept == waited
