"""Work that depends on a process ends with it, at once, whatever it is waiting for."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from greenlight.processes.dependence import NUMBER, depending_on
from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess

pytestmark = pytest.mark.rehearsal


class LostError(Exception):
    pass


def failure(exit_code: int) -> Exception:
    return LostError(f"ended with {exit_code}")


def sleeper(processes: Processes, seconds: float = 60) -> OwnedProcess:
    return processes.start(["sleep", str(seconds)], environment=dict(os.environ))


def work(process: OwnedProcess) -> None:
    """Wait where any `except Exception` would hide the end of the process, as inside a request of botocore."""
    with depending_on(process, failure):
        try:
            time.sleep(30)
        except Exception:
            time.sleep(30)


def test_the_work_ends_with_the_process(processes: Processes) -> None:
    process = sleeper(processes)
    threading.Timer(0.2, process.kill).start()
    began = time.monotonic()

    with pytest.raises(LostError, match="ended with -9"):
        work(process)

    assert time.monotonic() - began < 2


def test_work_that_begins_after_the_end_of_the_process_ends_too(processes: Processes) -> None:
    process = sleeper(processes, 0)
    process.wait()

    with pytest.raises(LostError, match="ended with 0"):
        work(process)


def test_a_process_that_ends_after_the_work_interrupts_nobody(processes: Processes) -> None:
    process = sleeper(processes)
    with depending_on(process, failure):
        pass

    process.stop()
    time.sleep(0.1)


def test_an_error_of_the_work_itself_is_kept(processes: Processes) -> None:
    with pytest.raises(KeyError, match="its own"), depending_on(sleeper(processes), failure):
        raise KeyError("its own")


def test_the_signal_is_given_back(processes: Processes) -> None:
    before = signal.getsignal(NUMBER)

    with depending_on(sleeper(processes), failure):
        pass

    assert signal.getsignal(NUMBER) is before
