"""The shoppers as an act sees them: a child process that is started, followed until all are in, and stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from greenlight.errors import RehearsalError
from greenlight.processes.owner import Processes
from greenlight.rehearsal.cloud_process import last_line
from greenlight.rehearsal.shoppers.crowd import THINK_SECONDS
from greenlight.rehearsal.shoppers.ledger import Ledger, read_ledgers
from greenlight.rehearsal.traffic.record import RequestRecord, read_records

STOP_SECONDS = 300.0
"""Everybody finishes what was begun, which may be a request that takes its 30 s, and looks back."""


@dataclass(frozen=True)
class ShoppersOrder:
    """Who is to shop, and where; the fields are the command's options."""

    url: str
    connect: str
    authority: Path | None
    record: Path
    people: int
    think: tuple[float, float] = THINK_SECONDS

    @property
    def ledgers(self) -> Path:
        """Where everybody's books are at the end."""
        return self.record.with_suffix(".ledgers.json")

    def command(self) -> list[str]:
        """Return the command line."""
        options = {
            "--url": self.url,
            "--connect": self.connect,
            "--record": str(self.record),
            "--ledgers": str(self.ledgers),
            "--people": str(self.people),
            **({"--authority": str(self.authority)} if self.authority else {}),
        }
        words = [word for option in options.items() for word in option]
        think = ["--think", *(f"{seconds:g}" for seconds in self.think)]
        return [sys.executable, "-m", "greenlight.rehearsal.shoppers", *words, *think]


class Shoppers:
    """People who shop. As a context manager it never leaves its process behind.

    Raises:
        RehearsalError: they could not come in; the message ends with what was said.
    """

    def __init__(self, order: ShoppersOrder, log: Path, processes: Processes, tell: Callable[[str], None]) -> None:
        self.order, self._log = order, log
        self._process = processes.start(order.command(), environment=os.environ, output=subprocess.PIPE, errors=log)
        for line in iter(self._process.output.readline, b"ready\n"):
            if not line:
                self._end()
                raise RehearsalError(f"nobody came to shop: {last_line(log)}")
            tell(line.decode().strip())

    def stop(self) -> tuple[Sequence[Ledger], Sequence[RequestRecord]]:
        """Close the shop, and return what everybody knows and everything that was asked.

        Raises:
            RehearsalError: they had died, or had to be killed.
        """
        if status := self._end():
            raise RehearsalError(f"the shoppers ended with status {status} instead of 0: {last_line(self._log)}")
        return read_ledgers(self.order.ledgers), read_records(self.order.record)

    def __enter__(self) -> Shoppers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._end()

    def _end(self) -> int:
        code = self._process.stop(STOP_SECONDS)
        self._process.output.close()
        return code
