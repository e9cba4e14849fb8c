"""JSON lines on standard output, each with the color and the version."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from report.config import Config
from report.facts import runtime_report

Write = Callable[[str], Any]


def log_line(config: Config, message: str, **fields: Any) -> str:
    """Return one line; its fields are named as those of the shop."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    identity = {"environment": config.environment, "version": config.version}
    return json.dumps({"time": time, "level": "info", **identity, "message": message, **fields})


def write_now(line: str) -> None:
    """Write a line to standard output at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def start_reporter(config: Config, write: Write = write_now) -> threading.Event:
    """Write the runtime report now and then every `report_seconds`, until the event that is returned is set."""
    stopped = threading.Event()

    def report() -> None:
        write(log_line(config, "runtime report", **runtime_report()))
        while not stopped.wait(config.report_seconds):
            write(log_line(config, "runtime report", **runtime_report()))

    if config.report_seconds > 0:
        threading.Thread(target=report, name="reporter", daemon=True).start()
    return stopped
