"""The load generator as an act sees it: a child process that is started, followed while it runs, and stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from greenlight.errors import RehearsalError
from greenlight.processes.owner import Processes
from greenlight.rehearsal.traffic.generator import GRACE_SECONDS
from greenlight.rehearsal.traffic.record import RecordTail, RequestRecord, read_records

STOP_SECONDS = 10.0
"""Longer than the generator needs to finish once its grace is over, on a machine that is busy with everything else."""


class TrafficError(RehearsalError):
    """The load generator did not start, or did not end as it should; its record cannot be trusted."""


@dataclass(frozen=True)
class TrafficOrder:
    """What the load is to be; the fields are the command's options."""

    url: str
    record: Path
    rate: float = 1000.0
    connections: int = 50
    timeout_seconds: float = 5.0
    profile: str | None = None
    connect: str = ""
    authority: Path | None = None
    redirects: bool = False
    grace_seconds: float = GRACE_SECONDS

    def command(self) -> list[str]:
        """Return the command line."""
        options = {
            "--url": self.url,
            "--record": str(self.record),
            "--rate": f"{self.rate:g}",
            "--connections": str(self.connections),
            "--timeout-seconds": f"{self.timeout_seconds:g}",
            "--grace-seconds": f"{self.grace_seconds:g}",
        }
        if self.profile is not None:
            options["--profile"] = self.profile
        if self.connect:
            options["--connect"] = self.connect
        if self.authority is not None:
            options["--authority"] = str(self.authority)
        words = [word for option in options.items() for word in option]
        words += ["--redirects"] if self.redirects else []
        return [sys.executable, "-m", "greenlight.rehearsal.traffic", *words]


class Traffic:
    """A running load. As a context manager it never leaves its process behind.

    Raises:
        TrafficError: the generator did not get ready; the message ends with what it said.
    """

    def __init__(self, order: TrafficOrder, log: Path, processes: Processes) -> None:
        self.order = order
        self.tail = RecordTail(order.record)
        self._log = log
        self._process = processes.start(order.command(), environment=os.environ, output=subprocess.PIPE, errors=log)
        if self._process.output.readline() != b"ready\n":
            self._end()
            raise TrafficError(f"the load did not start: {self._last_words()}")

    def stop(self) -> list[RequestRecord]:
        """End the load, wait for the answers in flight, and return everything that it recorded.

        Raises:
            TrafficError: the generator had died, or had to be killed.
        """
        status = self._end()
        if status != 0:
            raise TrafficError(f"the load ended with status {status} instead of 0: {self._last_words()}")
        return read_records(self.order.record)

    def __enter__(self) -> Traffic:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._end()

    def _end(self) -> int:
        code = self._process.stop(self.order.grace_seconds + STOP_SECONDS)
        self._process.output.close()
        return code

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), f"it said nothing; see {self._log}")
