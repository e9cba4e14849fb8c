"""Ends the cloud when something ends without which it would only look alive."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

from greenlight.processes.process import OwnedProcess, how_it_ended


class BreakdownError(Exception):
    """The cloud cannot go on; the line says what is gone, and where to read why."""


class Breakdown:
    """Fails once, with the first thing that was lost."""

    def __init__(self) -> None:
        self.lost: Future[None] = Future()
        self._first = threading.Lock()

    def watch(self, process: OwnedProcess, name: str, log: Path) -> None:
        """Report the end of this process, whenever it comes. When the cloud itself ends it, nobody listens any more."""
        threading.Thread(target=self._wait, args=(process, name, log), name=f"watch-{name}", daemon=True).start()

    def _wait(self, process: OwnedProcess, name: str, log: Path) -> None:
        ended = how_it_ended(process.wait())
        with self._first:
            if not self.lost.done():
                self.lost.set_exception(BreakdownError(f"{name} {ended}: its log is {log}"))
