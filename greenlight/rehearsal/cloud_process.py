"""The process of the local cloud, as the rehearsal sees it: started, asked, and missed at once when it is gone."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from greenlight import cdk
from greenlight.errors import RehearsalError
from greenlight.processes.dependence import depending_on
from greenlight.processes.owner import Processes
from greenlight.processes.process import how_it_ended
from greenlight.project import CHECKOUT
from greenlight.rehearsal.keys import TOKEN_HEADER, RunKeys
from greenlight.rehearsal.pace import cloud_variables
from greenlight.rehearsal.place import Place
from greenlight.waiting import wait_until

PYTHON = str(cdk.BIN / "python")
START_SECONDS = 60.0
ANSWER_SECONDS = 10.0


@contextmanager
def running_cloud(processes: Processes, place: Place, port: int, keys: RunKeys, *, real_time: bool) -> Iterator[None]:
    """Start the cloud, and wait until it can be used. Should it end before the block does, the block ends with it.

    Raises:
        RehearsalError: the cloud did not start, or ended.
    """
    log = place.logs / "cloud.log"
    cloud = processes.start(
        [PYTHON, "-m", "greenlight.rehearsal.cloud", "--port", str(port), "--run-dir", str(place.root)],
        environment=cdk.environment({**cloud_variables(real_time), **keys.variables()}),
        folder=CHECKOUT,
        output=log,
    )
    with depending_on(cloud, _failure(log)):
        if not wait_until(lambda: _is_ready(port, keys), START_SECONDS):
            raise RehearsalError(f"the local cloud is not ready after {START_SECONDS:g} s: {last_line(log)}")
        yield


def ask(port: int, keys: RunKeys, name: str, body: object = None) -> Any:
    """Ask the cloud about itself or, with a body, have it do something that AWS has no API for."""
    data = None if body is None else json.dumps(body).encode()
    url = f"http://127.0.0.1:{port}/_greenlight/{name}"
    headers = {TOKEN_HEADER: keys.token}
    request = urllib.request.Request(url, data, headers, method="GET" if data is None else "PUT")
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
        return json.load(answer)


def last_line(file: Path) -> str:
    """The last thing that a process said, and where the rest is."""
    lines = [line for line in file.read_text(errors="replace").splitlines() if line.strip()] if file.exists() else []
    return f"{lines[-1].strip()} (see {file})" if lines else f"it said nothing (see {file})"


def _is_ready(port: int, keys: RunKeys) -> bool:
    try:
        ask(port, keys, "ready")
    except (urllib.error.URLError, OSError):
        return False
    return True


def _failure(log: Path) -> Callable[[int], Exception]:
    def failure(exit_code: int) -> Exception:
        why = f"its log is {log}" if exit_code < 0 else last_line(log).removeprefix("Error: ")
        return RehearsalError(f"the rehearsal cannot go on: the local cloud {how_it_ended(exit_code)}: {why}")

    return failure
