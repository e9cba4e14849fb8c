"""The intruder of the act of that name gets in where nothing is sealed: its tries are able to fail the act."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.acts.intruder import neighbor, page, service
from greenlight.rehearsal.acts.intruder.tries import Prey
from greenlight.waiting import wait_until

pytestmark = pytest.mark.rehearsal

ADMINISTRATION = b'{"hot_restart_version": "disabled"}'


class Welcoming(BaseHTTPRequestHandler):
    """Answers everything, as an emulator and Envoy's administration do."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ADMINISTRATION)))
        self.end_headers()
        self.wfile.write(ADMINISTRATION)

    do_POST = do_PUT = do_GET  # noqa: N815 - as http.server has it

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def prey() -> Iterator[Prey]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Welcoming) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Prey(
            port=server.server_port,
            rule_arn="arn:rule",
            actions=[{"Type": "forward", "TargetGroupArn": "arn:group"}],
            state_machine="arn:machine",
            table="journal",
            topic="arn:topic",
            document="Greenlight-RunColor",
            functions=("Shift",),
            containers=(os.getpid(),),
        )
        server.shutdown()


def got(tries: Iterator[object]) -> list[str]:
    return [each.what for each in tries if each.got]  # type: ignore[attr-defined]


def test_every_try_of_a_page_gets_in_where_nobody_asks_who_it_is(prey: Prey) -> None:
    assert len(got(page.tries(prey))) == len(list(page.tries(prey))) > 30


def test_a_neighbor_gets_in_with_any_key_where_no_signature_is_checked(prey: Prey, tmp_path: Path) -> None:
    found = [what for what in got(neighbor.tries(prey, tmp_path, ["secret"])) if "key" in what]

    assert len(found) == 12


def test_a_neighbor_reads_files_that_are_not_their_owners_alone(prey: Prey, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert "the files of the run" in got(neighbor.tries(prey, tmp_path, []))

    tmp_path.chmod(0o700)
    assert "the files of the run" not in got(neighbor.tries(prey, tmp_path, []))


def test_a_neighbor_sees_a_secret_in_a_command_line(prey: Prey, tmp_path: Path, processes: Processes) -> None:
    started = processes.start([sys.executable, "-S", "-c", "import time; time.sleep(60)", "s3cret"], environment={})

    found = got(neighbor.tries(prey, tmp_path, ["s3cret"]))

    assert f"the command line of process {started.pid}" in found


def test_a_neighbor_finds_an_administration_that_listens_on_a_port(
    prey: Prey, tmp_path: Path, processes: Processes
) -> None:
    module = "import http.server, sys; sys.path.insert(0, '.'); from tests.rehearsal.test_intruder import Welcoming;"
    serve = "s = http.server.HTTPServer(('127.0.0.1', 0), Welcoming); print('up', flush=True); s.serve_forever()"
    log = tmp_path / "log"
    processes.start([sys.executable, "-c", module + serve], environment=os.environ, output=log)
    assert wait_until(lambda: log.exists() and "up" in log.read_text(), 10)

    assert "Envoy's administration" in got(neighbor.tries(prey, tmp_path, []))


def test_a_service_with_the_environment_of_whoever_rehearses_is_told(
    prey: Prey, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = got(service.tries(prey))

    assert "a service: variables of whoever rehearses" in found
    assert "a service: move all traffic" in found
    assert "a service: call Shift" in found
