"""What a function's log holds of an invocation: the lines of the function between those that Lambda itself writes.

Lambda guide, "Sending Lambda function logs to CloudWatch Logs". The peak of the memory and the time of a cold start are
not known here: a report shows what the process has at the end, and no time of a start.
"""

from __future__ import annotations

import math
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

    def close(self) -> None:
        """No process of this function writes here any more."""
        self._file.close()


def started(request_id: str, version: str) -> str:
    """An invocation begins."""
    return f"START RequestId: {request_id} Version: {version}"


def ended(request_id: str, seconds: float, memory_mib: tuple[int, int], outcome: Outcome) -> list[str]:
    """An invocation is over. The memory is what the function may have, and what it had."""
    milliseconds, (size, used) = seconds * 1000, memory_mib
    measured = (
        f"Duration: {milliseconds:.2f} ms",
        f"Billed Duration: {math.ceil(milliseconds)} ms",
        f"Memory Size: {size} MB",
        f"Max Memory Used: {used} MB",
        outcome.get("status", ""),
    )
    return [f"END RequestId: {request_id}", "\t".join((f"REPORT RequestId: {request_id}", *measured))]
