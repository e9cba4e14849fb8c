"""The rehearsal says at once that its cloud or its load balancer is gone, and leaves nothing running."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from greenlight.waiting import wait_until

pytestmark = [pytest.mark.rehearsal, pytest.mark.long, pytest.mark.timeout(60)]

PROGRAM = """
import os, pathlib, sys
from greenlight import cli
from greenlight.deployment import Deployment
from greenlight.processes.owner import Processes
from greenlight.rehearsal.cloud_process import running_cloud
from greenlight.rehearsal.keys import RunKeys
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.runner.ports import free_port

@cli.commands.command("act")
def act():
    place, wait = Place(pathlib.Path({folder!r})), [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        Processes() as processes,
        running_cloud(processes, place, free_port(), RunKeys.draw(), real_time=False),
        Deployment(wait, dict(os.environ), place.root, place.logs / "deploy.log", processes) as deployment,
    ):
        print("playing", flush=True)
        deployment.follow(lambda: None, print)

sys.argv = ["greenlight", "act"]
cli.main()
"""
"""A command whose act is a deployment that takes a minute, on a cloud with everything in it."""


@dataclass(frozen=True)
class Command:
    """The command in the middle of its act, and every process that it has started, directly or not."""

    process: subprocess.Popen[str]
    started: list[psutil.Process]

    def find(self, words: str) -> psutil.Process:
        return next(each for each in self.started if words in " ".join(each.cmdline()))

    def end(self) -> tuple[int, list[str]]:
        """Wait for its end; return the exit code and the lines that it complained in."""
        assert self.process.stderr is not None
        complaints = self.process.stderr.read().splitlines()
        return self.process.wait(), complaints

    @property
    def left(self) -> list[str]:
        """What still runs."""
        wait_until(lambda: not any(_runs(each) for each in self.started), 5)
        return [each.name() for each in self.started if _runs(each)]


def _runs(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


@contextmanager
def playing(folder: Path) -> Iterator[Command]:
    program = [sys.executable, "-c", PROGRAM.format(folder=str(folder))]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "playing\n"
        started = psutil.Process(process.pid).children(recursive=True)
        try:
            yield Command(process, started)
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("victim", "said", "log"),
    [
        ("greenlight.rehearsal.cloud", "the local cloud was ended by SIGKILL: its log is", "logs/cloud.log"),
        (
            "envoy --config-path",
            "Envoy, the load balancer, was ended by SIGKILL: its log is",
            "envoy/envoy.log",
        ),
    ],
)
def test_the_end_of_what_the_act_runs_on_is_said_at_once_in_one_line(
    tmp_path: Path, victim: str, said: str, log: str
) -> None:
    with playing(tmp_path) as command:
        began = time.monotonic()
        command.find(victim).kill()
        code, complaints = command.end()
        seconds = time.monotonic() - began

        assert code == 1
        assert len(complaints) == 1
        assert complaints[0].startswith("greenlight: the rehearsal cannot go on: ")
        assert f"{said} {tmp_path / log}" in complaints[0]
        assert seconds < 10
        assert command.left == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_command_ends_it_leaves_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    with playing(tmp_path) as command:
        command.process.send_signal(number)
        command.end()

        assert command.left == []
