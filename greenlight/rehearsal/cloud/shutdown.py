"""Stops what the cloud process started, in little time and whatever fails."""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable

import psutil

from greenlight.rehearsal.cloud.context import CloudContext

PATIENCE_SECONDS = 1.5
_REAP_SECONDS = 0.3

log = logging.getLogger(__name__)


def stop_everything(context: CloudContext) -> None:
    """Call on_shutdown in reverse order, kill what still runs, and remove the temporary files."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for call in reversed(context.on_shutdown):
        _call_until(deadline, call)
    context.processes.close(patience=0)
    _kill_children()
    shutil.rmtree(context.run_dir / "tmp", ignore_errors=True)


def _call_until(deadline: float, call: Callable[[], None]) -> None:
    """Give up on a call that does not end: its processes are killed anyway."""

    def safely() -> None:
        try:
            call()
        except Exception:
            log.exception("stopping failed; its processes will be killed")

    thread = threading.Thread(target=safely, daemon=True)
    thread.start()
    thread.join(max(0.1, deadline - time.monotonic()))


def _kill_children() -> None:
    """End what ministack itself has started: functions in other languages than Python."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(children, _REAP_SECONDS)
