"""Processes end with who started them, and what they started with them, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from greenlight.processes.owner import ClosedError, Processes
from greenlight.processes.process import OwnedProcess
from greenlight.waiting import wait_until

pytestmark = pytest.mark.rehearsal

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]
PARENT = ["bash", "-c", "sleep 60 & echo $!; wait"]
ENVIRONMENT = dict(os.environ)


def gone(pid: int) -> bool:
    return wait_until(lambda: not runs(pid), 10)


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def with_output(processes: Processes, command: list[str]) -> tuple[OwnedProcess, str]:
    """Start a process, and return its first line too."""
    process = processes.start(command, environment=ENVIRONMENT, output=subprocess.PIPE)
    with process.output as output:
        return process, output.readline().decode().strip()


def interrupted(started: list[OwnedProcess]) -> None:
    with Processes() as processes:
        started.append(processes.start(SLEEP, environment=ENVIRONMENT))
        raise KeyboardInterrupt


def test_the_end_of_the_block_ends_every_process() -> None:
    with Processes() as processes:
        child = processes.start(SLEEP, environment=ENVIRONMENT)

    assert not runs(child.pid)


def test_an_error_in_the_block_ends_them_too() -> None:
    started: list[OwnedProcess] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(started)

    assert not runs(started[0].pid)


def test_nothing_is_started_once_everything_is_being_ended() -> None:
    with Processes() as processes:
        pass

    with pytest.raises(ClosedError, match="was not started"):
        processes.start(SLEEP, environment=ENVIRONMENT)


def test_a_killed_owner_leaves_nothing_behind() -> None:
    script = (
        "import os, subprocess, time\n"
        "from greenlight.processes.owner import Processes\n"
        "p = Processes()\n"
        f"child = p.start({STUBBORN!r}, environment=dict(os.environ), output=subprocess.PIPE)\n"
        "child.output.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)

    assert gone(child)


def test_a_process_that_does_not_stop_is_killed(processes: Processes) -> None:
    stubborn, _ = with_output(processes, STUBBORN)

    assert stubborn.stop(patience=0.2) == -signal.SIGKILL


def test_what_a_process_started_is_killed_with_it(processes: Processes) -> None:
    parent, child = with_output(processes, PARENT)

    parent.kill()

    assert parent.wait() == -signal.SIGKILL
    assert gone(int(child))


def test_what_a_process_leaves_behind_when_it_ends_is_killed(processes: Processes) -> None:
    parent, child = with_output(processes, ["bash", "-c", "sleep 60 & echo $!"])

    assert parent.wait() == 0
    assert gone(int(child))


def test_a_group_is_never_signalled_after_its_leader_was_reaped(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = processes.start(["true"], environment=ENVIRONMENT)
    ended.wait()
    signalled: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda group, _: signalled.append(group))
    monkeypatch.setattr(os, "kill", lambda pid, _: signalled.append(pid))

    ended.terminate()
    ended.kill()

    assert signalled == []


@pytest.mark.parametrize("act", [OwnedProcess.kill, OwnedProcess.poll], ids=["kill", "poll"])
def test_a_group_is_not_signalled_when_somebody_else_has_reaped_its_leader(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, act: Callable[[OwnedProcess], object]
) -> None:
    ended = processes.start(["true"], environment=ENVIRONMENT)
    os.waitpid(ended.pid, 0)
    signalled: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda group, _: signalled.append(group))

    act(ended)

    assert signalled == []


def test_the_janitor_forgets_a_group_before_its_leader_is_reaped(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[str] = []
    monkeypatch.setattr(processes, "_tell", lambda verb, group: states.append(psutil.Process(group).status()))
    ended = processes.start(["true"], environment=ENVIRONMENT)
    states.clear()

    ended.wait()

    assert states == [psutil.STATUS_ZOMBIE]


def test_a_group_is_killed_before_its_leader_is_reaped(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[str] = []
    monkeypatch.setattr(os, "killpg", lambda group, _: states.append(psutil.Process(group).status()))

    processes.start(["true"], environment=ENVIRONMENT).wait()

    assert states == [psutil.STATUS_ZOMBIE]


def test_a_command_that_takes_too_long_is_killed_with_what_it_started(processes: Processes) -> None:
    finished = processes.run(PARENT, environment=ENVIRONMENT, seconds=0.3)

    assert finished.exit_code == -signal.SIGKILL
    assert gone(int(finished.output))


def test_a_process_gets_no_variable_that_it_was_not_given(processes: Processes) -> None:
    command = ["/usr/bin/env"]

    assert processes.run(command, environment={"A": "1"}).output == b"A=1\n"


def test_a_log_is_made_with_its_folder_and_appended_to(processes: Processes, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "one.log"
    for word in ("first", "second"):
        processes.start(["bash", "-c", f"echo {word} >&2"], environment=ENVIRONMENT, output=log).wait()

    assert log.read_text() == "first\nsecond\n"


def test_a_janitor_that_was_killed_keeps_nobody_from_ending_the_rest() -> None:
    with Processes() as processes:
        child = processes.start(SLEEP, environment=ENVIRONMENT)
        processes._janitor.kill()
        processes._janitor.wait()

    assert not runs(child.pid)
