"""The real process: gunicorn with the service's own settings, and real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parents[1]
GUNICORN = (sys.executable, "-m", "gunicorn")
GOOD = {"ENVIRONMENT": "blue", "VERSION": "1.0.0", "PORT": "0", "HOST": "127.0.0.1"}

Start = Callable[..., "Running"]


class Running:
    """A process that listens."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.origin = f"http://127.0.0.1:{self.line()['port']}"

    def line(self) -> dict[str, Any]:
        """The next line of the log."""
        assert self.process.stdout
        line: dict[str, Any] = json.loads(self.process.stdout.readline())
        return line

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.origin + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Running] = []

    def run(**environment: str) -> Running:
        process = subprocess.Popen(
            GUNICORN,
            cwd=HERE,
            env={"PATH": os.environ["PATH"], **GOOD, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(Running(process))
        return started[-1]

    yield run
    for each in started:
        each.process.kill()
        each.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_turns_health_to_503_while_the_rest_is_answered_and_the_process_ends_with_0(
    start: Start, number: signal.Signals
) -> None:
    report = start(DRAIN_SECONDS="2", REPORT_SECONDS="0")
    assert report.status("/health") == 200

    report.process.send_signal(number)
    until(lambda: report.status("/health") == 503)

    assert report.status("/info") == 200
    assert report.process.wait(20) == 0
    assert report.line()["message"] == "stopped"


def test_the_report_is_written_at_the_interval_with_the_fields_of_the_log(start: Start) -> None:
    report = start(DRAIN_SECONDS="0", REPORT_SECONDS="0.1")

    first, second = report.line(), report.line()

    assert [first["message"], second["message"]] == ["runtime report"] * 2
    assert (first["level"], first["environment"], first["version"]) == ("info", "blue", "1.0.0")
    assert second["uptime_seconds"] > first["uptime_seconds"]


def test_a_bad_environment_ends_the_process_with_1_and_one_line() -> None:
    ended = subprocess.run(
        GUNICORN, cwd=HERE, env={"PATH": os.environ["PATH"], "ENVIRONMENT": "red"}, capture_output=True, text=True
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith(
        "report cannot start: ENVIRONMENT must be blue or green, got 'red'; VERSION must be "
    )
    assert len(ended.stderr.splitlines()) == 1


def until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
