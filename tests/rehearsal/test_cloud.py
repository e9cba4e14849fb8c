"""The cloud process: what it refuses at start, its control endpoint, and its end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from greenlight.rehearsal import cloud_process
from greenlight.rehearsal.cloud.control import Answer, Application, Control, Query, Receive, Scope, Send
from greenlight.rehearsal.cloud.environment import cloud_environment
from greenlight.rehearsal.cloud.launch import LaunchError, choose
from greenlight.rehearsal.cloud.route_endpoint import RouteEndpoint
from greenlight.rehearsal.cloud.routes import Address, Routes
from greenlight.rehearsal.keys import TOKEN_HEADER, RunKeys
from greenlight.rehearsal.runner.ports import free_port
from tests.rehearsal.local_cloud import EVERYTHING, eventually, started

STOP_SECONDS = 2.0
KEYS = RunKeys.draw()


def ask(control: Control, method: str, path: str, body: bytes = b"", token: str | None = KEYS.token) -> tuple[int, Any]:
    """Ask through the middleware; what it passes on is answered 404 by nobody."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    path, _, query = path.partition("?")
    headers = [] if token is None else [(TOKEN_HEADER.lower().encode(), token.encode())]
    scope: Scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers
    }  # fmt: skip

    async def exchange() -> None:
        await control.wrap(nobody)(scope, receive, send)

    asyncio.run(exchange())
    return sent[0]["status"], json.loads(sent[1]["body"] or b"null")


async def _nobody(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404})
    await send({"type": "http.response.body", "body": b""})


nobody: Application = _nobody


def test_an_unknown_adapter_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(LaunchError, match="no adapter 'alb'; there are: iam, "):
        choose(["alb"])


def test_adapters_are_installed_in_their_own_order() -> None:
    assert choose(["elbv2", "iam"]) == ("iam", "elbv2")


def test_nothing_of_a_real_account_is_inherited() -> None:
    found = cloud_environment(4566, Path("/run"), True, {"AWS_PROFILE": "production", "HOME": "/home/me"})

    assert "AWS_PROFILE" not in found
    assert found["HOME"] == "/home/me"
    assert found["AUTH"] == "true"


def test_routes_tell_their_followers_after_each_change() -> None:
    routes, seen = Routes(), []
    routes.on_change(lambda: seen.append(routes.lookup("i-1", 3000)))

    routes.publish("i-1", 3000, "127.0.0.1", 13000)
    routes.withdraw("i-1", 3000)

    assert seen == [Address("127.0.0.1", 13000), None]


def test_routes_are_seen_and_set_from_outside() -> None:
    endpoint = RouteEndpoint(Routes())

    assert endpoint.answer("PUT", {}, {"target": "i-1", "port": 3000, "real_port": 13000}) == (
        200,
        {"i-1:3000": "127.0.0.1:13000"},
    )
    assert endpoint.answer("DELETE", {}, {"target": "i-1", "port": 3000}) == (200, {})


def test_a_handler_gets_method_query_and_body_and_answers_json() -> None:
    control = Control(KEYS.token)

    def handler(method: str, query: Query, body: Any) -> Answer:
        return 201, {"method": method, "query": dict(query), "body": body}

    control.route("thing", handler)

    status, answer = ask(control, "POST", "/_greenlight/thing?a=1", b'{"b": 2}')

    assert (status, answer) == (201, {"method": "POST", "query": {"a": "1"}, "body": {"b": 2}})


def test_a_handler_may_be_a_coroutine() -> None:
    async def handler(_method: str, _query: Query, _body: Any) -> Answer:
        return 200, "here"

    control = Control(KEYS.token)
    control.route("thing", handler)

    assert ask(control, "GET", "/_greenlight/thing") == (200, "here")


def test_an_unknown_endpoint_is_told_with_those_that_there_are() -> None:
    control = Control(KEYS.token)
    control.route("ready", lambda *_: (200, None))

    status, answer = ask(control, "GET", "/_greenlight/redy")

    assert (status, answer["error"]) == (404, "no control endpoint 'redy'; there are: ready")


def test_a_handler_that_fails_is_told_apart_from_a_bad_request() -> None:
    control = Control(KEYS.token)
    control.route("broken", lambda *_: (200, [][0]))
    control.route("strict", lambda *_: (200, int("x")))

    assert ask(control, "GET", "/_greenlight/broken")[0] == 500
    assert ask(control, "GET", "/_greenlight/strict")[0] == 400
    assert ask(control, "GET", "/_greenlight/strict", b"{")[0] == 400


@pytest.mark.parametrize("token", [None, "", "guessed"])
def test_whoever_does_not_show_the_runs_token_is_told_nothing(token: str | None) -> None:
    control = Control(KEYS.token)
    control.route("thing", lambda *_: (200, "secret"))

    status, answer = ask(control, "GET", "/_greenlight/thing", token=token)

    assert (status, list(answer)) == (403, ["error"])
    assert "the token of this run" in answer["error"]


def test_an_endpoint_that_checks_for_itself_who_asks_needs_no_token() -> None:
    control = Control(KEYS.token)
    control.route("thing", lambda *_: (200, None), checks_itself=True)

    assert ask(control, "GET", "/_greenlight/thing", token=None) == (200, None)


def test_other_paths_are_passed_on() -> None:
    assert ask(Control(KEYS.token), "GET", "/bucket")[0] == 404


@pytest.mark.rehearsal
def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with started(tmp_path, "iam") as cloud:
        port = cloud.endpoint.rpartition(":")[2]
        second = subprocess.run(
            command(port, tmp_path / "second"),
            env={**os.environ, **KEYS.variables()},
            capture_output=True,
            text=True,
            check=False,
        )

    assert second.returncode == 1
    assert second.stderr == f"Error: port {port} is taken: stop what listens there, or choose another --port\n"


@pytest.mark.rehearsal
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quickly_with_all_its_children(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as process:
        children = psutil.Process(process.pid).children(recursive=True)
        before = time.monotonic()
        process.send_signal(number)

        assert process.wait(10) == 0
        assert time.monotonic() - before < STOP_SECONDS
        assert not psutil.wait_procs(children, 1)[1]
        assert not (tmp_path / "tmp").exists()


@pytest.mark.rehearsal
def test_a_signal_does_not_wait_for_a_function_that_runs(tmp_path: Path) -> None:
    with started(tmp_path, "iam", "lambda_functions") as cloud:
        role = cloud.role("sleeper", "lambda.amazonaws.com", EVERYTHING)
        cloud.function("sleeper", "import time\ndef handle(event, context):\n    time.sleep(60)\n", role, Timeout=90)
        cloud.client("lambda").invoke(FunctionName="sleeper", InvocationType="Event")
        time.sleep(0.5)
        before = time.monotonic()

    assert time.monotonic() - before < STOP_SECONDS


@pytest.mark.rehearsal
def test_even_a_killed_cloud_leaves_no_envoy(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait(10)

        assert not psutil.wait_procs(children, 5)[1]


@contextmanager
def running(run_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A cloud process of its own, for tests that end it."""
    port = free_port()
    with (run_dir / "cloud.log").open("wb") as log:
        line = [*command(str(port), run_dir), "--only", "iam,elbv2"]
        environment = {**os.environ, **KEYS.variables()}
        process = subprocess.Popen(line, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        assert eventually(lambda: is_ready(port), 30), (run_dir / "cloud.log").read_text()
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def command(port: str, run_dir: Path) -> list[str]:
    return [sys.executable, "-m", "greenlight.rehearsal.cloud", "--port", port, "--run-dir", str(run_dir)]


def is_ready(port: int) -> bool:
    try:
        return bool(cloud_process.ask(port, KEYS, "ready")["ready"])
    except OSError:
        return False
