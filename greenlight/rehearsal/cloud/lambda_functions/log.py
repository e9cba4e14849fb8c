"""The log file of a function: what it prints, as it prints it, between the lines that Lambda itself writes."""

from __future__ import annotations

from pathlib import Path

from greenlight.rehearsal.cloud.lambda_functions.outcome import Outcome


class FunctionLog:
    """Appends to one file, which the processes of a function share line by line."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", buffering=1)

    def write(self, line: str) -> None:
        """One line of the function's own. What it prints after its end is lost."""
        if not self._file.closed:
            self._file.write(line + "\n")

    def start(self, request_id: str, version: str) -> None:
        """An invocation begins."""
        self.write(f"START RequestId: {request_id} Version: {version}")

    def report(self, request_id: str, seconds: float, outcome: Outcome) -> None:
        """An invocation is over."""
        failed = f"\tError: {outcome['body']['errorType']}" if outcome.get("error") else ""
        self.write(f"REPORT RequestId: {request_id}\tDuration: {seconds * 1000:.2f} ms{failed}")

    def close(self) -> None:
        """No process of this function writes here any more."""
        self._file.close()
