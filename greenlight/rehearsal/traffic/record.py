"""The record of a load: one line for each request that was due, appended as the request ends.

A line is a JSON array: completion time (Unix seconds), latency from the due time (seconds), color, outcome, status (0
without an answer), version, and kind of request. Another process can follow the file while it grows.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.outcome import RequestOutcome

_COLORS: dict[str | None, Color | None] = {None: None, **{color.value: color for color in Color}}
_OUTCOMES = {outcome.value: outcome for outcome in RequestOutcome}


class RequestRecord(NamedTuple):
    """One request and its end; a tuple, because a rehearsal holds a million of them."""

    completed_at: float
    """Unix seconds at which the answer was whole, or the failure known."""
    latency_seconds: float
    """From the moment when the request was due, so that waiting for a connection counts."""
    color: Color | None
    """The color that answered; None when nothing, or nobody known, did."""
    outcome: RequestOutcome
    status: int = 200
    version: str | None = None
    request: str | None = None

    @property
    def due_at(self) -> float:
        """Unix seconds at which the schedule wanted the request sent."""
        return self.completed_at - self.latency_seconds


class RecordWriter:
    """Appends entries to a new record file; they reach the file at each flush.

    Raises:
        FileExistsError: the file is there already; two loads must not share a record.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("x", encoding="utf-8")

    def add(
        self,
        completed_at: float,
        latency_seconds: float,
        color: Color | None,
        outcome: RequestOutcome,
        status: int,
        version: bytes = b"",
        request: bytes = b"",
    ) -> None:
        """Append one entry; version and request are words as they were on the wire."""
        entry = completed_at, latency_seconds, color, outcome, status, _word(version), _word(request)
        self._file.write(json.dumps(entry) + "\n")

    def flush(self) -> None:
        """Write what was added since the last flush."""
        self._file.flush()

    def close(self) -> None:
        """Flush, and close the file."""
        self._file.close()


class RecordTail:
    """Follows a record file that another process is writing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read(self) -> list[RequestRecord]:
        """Return the entries that came since the last call: none while the file does not exist, never half an entry."""
        return [_entry(line) for line in self._new_lines()]

    def _new_lines(self) -> list[bytes]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            whole, end, _ = file.read().rpartition(b"\n")
        self._offset += len(whole) + len(end)
        return whole.split(b"\n") if whole else []


def read_records(path: Path) -> list[RequestRecord]:
    """Return every entry of a finished record, in the order of completion.

    Raises:
        FileNotFoundError: there is no such record; an empty answer would read as "no failures".
    """
    if not path.exists():
        raise FileNotFoundError(f"no traffic record at {path}; the load generator creates it when it starts")
    return RecordTail(path).read()


def _entry(line: bytes) -> RequestRecord:
    at, latency, color, outcome, status, version, request = json.loads(line)
    words = _shared(version), _shared(request)
    return RequestRecord(at, latency, _COLORS[color], _OUTCOMES[outcome], status, *words)


@lru_cache(maxsize=1024)
def _word(word: bytes) -> str | None:
    """What was on the wire as text; None for nothing."""
    return word.decode("utf-8", "replace") or None


@lru_cache(maxsize=1024)
def _shared(word: str | None) -> str | None:
    """The same object for the same word: a rehearsal holds a million of them."""
    return word
