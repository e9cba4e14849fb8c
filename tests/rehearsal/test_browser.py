"""A page in a real browser, on another origin, changes nothing in a running rehearsal and reads nothing of it.

The browser is installed by `make test`: tests/browser/package.json.
"""

from __future__ import annotations

import json
import platform
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from rich.console import Console

from greenlight.cdk import BIN
from greenlight.project import CHECKOUT
from greenlight.rehearsal.acts.intruder import page
from greenlight.rehearsal.acts.intruder.tries import Prey
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.versions import Cast

FOLDER = CHECKOUT / "tests" / "browser"
ON_LINUX = platform.system() == "Linux" and platform.machine() == "x86_64"

pytestmark = [
    pytest.mark.rehearsal,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not ON_LINUX, reason="the browser is for Linux on x86-64"),
]

Told = list[dict[str, Any]]


class Welcoming(BaseHTTPRequestHandler):
    """Answers every page of every site, as a cloud does that is not sealed."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        for allowed in ("Origin", "Headers", "Methods"):
            asked = {"Origin": "Origin", "Headers": "Access-Control-Request-Headers"}.get(allowed, "")
            self.send_header(f"Access-Control-Allow-{allowed}", self.headers.get(asked, "PUT"))
        self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"done")

    do_GET = do_PUT = do_OPTIONS = do_POST  # noqa: N815 - as http.server has it

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    place = Place(tmp_path_factory.mktemp("rehearsal"))
    order = Order(compute="ec2", acts=[], cast=Cast("1.0.0", "2.0.0"), load=Load(200, 50), place=place)
    with Progress(Console(quiet=True)) as progress, opened(order, progress) as stage:
        yield stage


def _attack(port: int, rule: str, machine: str) -> Told:
    """What came of each of the requests that the intruder's page makes, as a browser sends them."""
    assert (FOLDER / "node_modules").is_dir(), "the browser is not installed: run `make test`, or `npm ci` in it"
    prey = Prey(port, rule, [], machine, "journal", "topic", "document", (), containers=())
    requests = [
        {
            "what": what,
            "method": method,
            "path": path,
            "body": body.decode(),
            "type": kind.get("Content-Type", "text/plain"),
            "headers": {name: value for name, value in kind.items() if name != "Content-Type"},
        }
        for what, method, path, body, kind in page.requests(prey)
    ]
    given = json.dumps({"port": port, "requests": requests})
    ended = subprocess.run(
        [str(BIN / "node"), "attack.mjs"], input=given, cwd=FOLDER, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    told: Told = json.loads(ended.stdout)
    return told


def _state(stage: Stage) -> dict[str, Any]:
    """All that the requests would change."""
    elbv2, ec2 = boto3.client("elbv2"), boto3.client("ec2")
    states = boto3.client("stepfunctions")
    return {
        "rules": elbv2.describe_rules(ListenerArn=_output("Edge", "ListenerArn"))["Rules"],
        "instances": [
            each["InstanceId"] for found in ec2.describe_instances()["Reservations"] for each in found["Instances"]
        ],
        "executions": states.list_executions(stateMachineArn=_output("Switch", "StateMachineArn"))["executions"],
        "containers": stage.ask("containers"),
        "edge": stage.ask("edge"),
    }


def _output(stack: str, name: str) -> str:
    (found,) = boto3.client("cloudformation").describe_stacks(StackName=f"Greenlight{stack}")["Stacks"]
    return next(str(each["OutputValue"]) for each in found["Outputs"] if each["OutputKey"] == name)


def test_a_page_gets_in_where_nothing_is_sealed() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Welcoming) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = _attack(server.server_port, "arn:rule", "arn:machine")
        server.shutdown()

    by_fetch = [each for each in told if each["what"].endswith("with headers of its own")]
    by_form = [each for each in told if each["what"].endswith("as a form")]
    assert len(by_fetch) == 20
    assert {each["readable"] for each in by_fetch} == {"done"}
    assert by_form
    assert all(each["reached"] for each in by_form)


def test_a_page_reads_and_changes_nothing_in_a_running_rehearsal(stage: Stage) -> None:
    before = _state(stage)
    told = _attack(stage.port, before["rules"][0]["RuleArn"], _output("Switch", "StateMachineArn"))

    assert [each["what"] for each in told if each["reached"]], "nothing was asked, so nothing was proved"
    assert [each["what"] for each in told if each["readable"]] == []
    assert _state(stage) == before
