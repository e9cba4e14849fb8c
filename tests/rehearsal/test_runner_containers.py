"""Containers: real Node.js processes that start, serve, crash, restart and stop as Docker's would."""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.runner.errors import ContainerError
from greenlight.rehearsal.runner.look import ContainerState
from greenlight.rehearsal.runner.plan import PORTS_VARIABLE
from greenlight.rehearsal.runner.runner import Runner
from greenlight.rehearsal.runner.spec import ContainerSpec, Endpoint, ImageReference, RestartPolicy
from tests.rehearsal.runner_bench import Bench, FakeRoutes, eventually, is_alive

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(30)]

SHOP = Path(__file__).parents[2] / "services" / "shop"


@pytest.fixture
def bench(tmp_path: Path, processes: Processes) -> Iterator[Bench]:
    bench = Bench(tmp_path, processes)
    yield bench
    bench.runner.close()


def test_a_container_has_its_own_environment_and_little_else(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_LAPTOP", "1")
    bench.run(CART_TABLE="carts")

    seen = json.loads(bench.get("/")[1])["environment"]

    assert {name: value for name, value in seen.items() if name not in ("PATH", PORTS_VARIABLE)} == {
        "VERSION": "v1",
        "PORT": "3000",
        "CART_TABLE": "carts",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "ASIA",
        "HOME": str(bench.run_dir / "home"),
    }


def test_a_service_that_listens_everywhere_is_kept_on_the_loopback_address(bench: Bench) -> None:
    bench.run()

    assert json.loads(bench.get("/")[1])["address"]["address"] == "127.0.0.1"


def test_a_route_exists_exactly_while_the_process_serves(bench: Bench) -> None:
    container = bench.run()
    bench.published()

    container.stop()

    assert bench.routes.table == {}


def test_a_stopped_container_finishes_the_request_in_hand(bench: Bench) -> None:
    container = bench.run()
    bench.published()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(bench.get, "/slow")
        time.sleep(0.2)
        container.stop()

        assert answer.result() == (200, b"slow")


def test_a_container_that_ignores_the_signal_is_killed_after_the_timeout(bench: Bench) -> None:
    container = bench.run(STUBBORN="1")
    eventually(lambda: "up" in container.log.tail())

    container.stop(0.2)

    assert container.look().exit_code == -9


@pytest.mark.parametrize("policy", [RestartPolicy.UNLESS_STOPPED, RestartPolicy.ALWAYS])
def test_a_crashed_container_comes_back_on_the_same_port(bench: Bench, policy: RestartPolicy) -> None:
    container = bench.run(restart=policy)
    port, pid = bench.published(), container.look().pid
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        bench.get("/exit")
    eventually(lambda: container.look().state is ContainerState.RUNNING and container.look().pid != pid)

    assert (bench.published(), container.look().restarts) == (port, 1)


def test_without_a_policy_a_crashed_container_stays_down(bench: Bench) -> None:
    container = bench.run()
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        bench.get("/exit")

    assert container.wait(5) == 3


def test_a_stopped_container_does_not_come_back(bench: Bench) -> None:
    container = bench.run(restart=RestartPolicy.UNLESS_STOPPED)
    container.stop()
    time.sleep(0.3)

    assert container.look().state is ContainerState.EXITED


def test_one_that_waits_for_its_restart_can_be_stopped_and_removed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenlight.rehearsal.runner.container.FIRST_BACKOFF_SECONDS", 60.0)
    container = bench.run(restart=RestartPolicy.UNLESS_STOPPED)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        bench.get("/exit")
    eventually(lambda: container.look().state is ContainerState.RESTARTING)
    container.stop()

    assert container.look().state is ContainerState.EXITED
    bench.runner.remove(container)


def test_output_goes_to_the_containers_log(bench: Bench) -> None:
    bench.run()
    bench.published()

    assert "up\n" in (bench.run_dir / "containers" / "shop-blue.log").read_text()


def test_a_taken_name_is_refused_as_docker_refuses_it(bench: Bench) -> None:
    bench.run()

    with pytest.raises(ContainerError, match="already in use"):
        bench.run()


def test_a_running_container_is_not_removed_without_force(bench: Bench) -> None:
    container = bench.run()

    with pytest.raises(ContainerError, match="container is running"):
        bench.runner.remove(container)


def test_a_host_that_goes_away_takes_its_containers_along(bench: Bench) -> None:
    pid = bench.run().look().pid
    assert pid

    bench.runner.remove_host("i-0abc")

    assert not is_alive(pid)
    assert bench.runner.looks() == []


def test_closing_the_runner_leaves_no_process(bench: Bench) -> None:
    pid = bench.run(STUBBORN="1", restart=RestartPolicy.ALWAYS).look().pid
    assert pid

    bench.runner.close()

    assert not is_alive(pid)


@pytest.mark.skipif(not (SHOP / "node_modules").is_dir(), reason="the shop's dependencies are not installed")
def test_the_shop_serves_as_a_container(tmp_path: Path, processes: Processes) -> None:
    routes = FakeRoutes()
    runner = Runner(
        run_dir=tmp_path,
        checkout=SHOP.parents[1],
        routes=routes,
        endpoint_url="http://127.0.0.1:1",
        processes=processes,
    )
    environment = {
        "ENVIRONMENT": "green",
        "VERSION": "v9",
        "CART_TABLE": "carts",
        "AWS_REGION": "us-east-1",
        "DRAIN_SECONDS": "0",
    }
    image = ImageReference.parse("greenlight/shop:v9")
    container = runner.run(
        ContainerSpec("shop-green", "i-1", image, "v9", environment, endpoints=(Endpoint("i-1", 3001, 3000),))
    )
    try:
        eventually(lambda: ("i-1", 3001) in routes.table)
        with urllib.request.urlopen(f"http://127.0.0.1:{container.port}/health", timeout=5) as answer:
            assert (answer.headers["X-Environment"], answer.headers["X-Version"]) == ("green", "v9")
        container.stop()
        assert container.look().exit_code == 0
    finally:
        runner.close()
