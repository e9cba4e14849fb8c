"""A container's ports: what is published is reached, and nothing else.

Docker: docs.docker.com/engine/network/port-publishing ("by default, containers' ports are not exposed"), and
docs.docker.com/engine/network: a container has a loopback address of its own. The same holds for a task of ECS
(docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from tests.rehearsal.runner_bench import TARGET, Bench, eventually

pytestmark = pytest.mark.rehearsal
LONG_ENOUGH_SECONDS = 0.5


@pytest.fixture
def bench(tmp_path: Path, processes: Processes) -> Iterator[Bench]:
    bench = Bench(tmp_path, processes)
    yield bench
    bench.runner.close()


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", "3000"), ("localhost", "3000"), ("", "4000")])
def test_a_service_that_does_not_listen_where_it_is_published_is_not_reached(
    bench: Bench, host: str, port: str
) -> None:
    container = bench.run(HOST=host, PORT=port)
    eventually(lambda: "up" in container.log.tail().splitlines())
    time.sleep(LONG_ENOUGH_SECONDS)

    assert TARGET not in bench.routes.table


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_a_service_that_listens_on_every_address_is_reached(bench: Bench, host: str) -> None:
    bench.run(HOST=host)

    assert bench.get("/")[0] == 200


def test_a_service_believes_to_listen_on_the_containers_port(bench: Bench) -> None:
    bench.run()
    seen = json.loads(bench.get("/")[1])

    assert (seen["environment"]["PORT"], seen["address"]["port"]) == ("3000", 3000)
    assert bench.published() != 3000
