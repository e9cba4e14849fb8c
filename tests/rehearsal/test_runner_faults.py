"""Containers of versions with a fault built in: wrong answers, and only those that the fault names."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.runner.catalog import VersionEntry
from tests.rehearsal.runner_bench import Bench

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(30)]


@pytest.fixture
def bench(tmp_path: Path, processes: Processes) -> Iterator[Bench]:
    bench = Bench(tmp_path, processes)
    yield bench
    bench.runner.close()


def test_the_unhealthy_fault_breaks_the_health_check_alone(bench: Bench) -> None:
    bench.runner.catalog.write({}, {("shop", "v2"): VersionEntry(("unhealthy",))})
    bench.run(version="v2")

    assert (bench.get("/health")[0], bench.get("/")[0]) == (500, 200)


def test_the_errors_fault_answers_one_in_ten_with_500_under_traffic_alone(bench: Bench) -> None:
    bench.runner.catalog.write({}, {("shop", "v2"): VersionEntry(("errors",))})
    bench.run(version="v2")
    preview = {"X-Greenlight-Preview": "green-secret"}

    tested = {bench.get("/", **preview)[0] for _ in range(60)}
    first = {bench.get("/")[0] for _ in range(50)}
    loaded = [bench.get("/")[0] for _ in range(500)]

    assert (tested, first) == ({200}, {200})
    assert 35 <= loaded.count(500) <= 65


def test_a_faulty_answer_still_says_who_gave_it(bench: Bench) -> None:
    bench.runner.catalog.write({}, {("shop", "v2"): VersionEntry(("unhealthy",))})
    bench.run(version="v2", ENVIRONMENT="green")

    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"http://127.0.0.1:{bench.published()}/health")

    assert (answer.value.headers["X-Environment"], answer.value.headers["X-Version"]) == ("green", "v2")
    answer.value.close()
