"""Processes end with who started them, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from greenlight.rehearsal.processes import Processes

pytestmark = pytest.mark.rehearsal

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"]


def gone(pid: int, within_seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_the_end_of_the_block_ends_every_process(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        child = processes.start("sleeper", SLEEP, dict(os.environ))

    assert gone(child.pid)


def test_an_error_in_the_block_ends_them_too(tmp_path: Path) -> None:
    try:
        with Processes(tmp_path) as processes:
            child = processes.start("sleeper", SLEEP, dict(os.environ))
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass

    assert gone(child.pid)


def test_a_killed_owner_leaves_nothing_behind(tmp_path: Path) -> None:
    script = (
        "import os, sys, time, pathlib\n"
        "from greenlight.rehearsal.processes import Processes\n"
        f"p = Processes(pathlib.Path({str(tmp_path)!r}))\n"
        f"child = p.start('sleeper', {STUBBORN!r}, dict(os.environ))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)

    assert gone(child)
