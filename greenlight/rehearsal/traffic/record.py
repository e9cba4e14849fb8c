"""The record of a load: one fixed-size entry for each request that was due, appended as the request ends.

An entry is 20 bytes, little-endian, without padding: completion time (Unix seconds, f64), latency from the due time
(seconds, f32), color (u8: 0 none, 1 blue, 2 green), outcome (u8), status (u16, 0 without an answer), version (u16) and
kind of request (u16), the last two as numbers of the words beside the file (see names.py). There is no header: another
process can follow the file while it grows, and whatever is there in whole entries is valid.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.names import REQUEST, VERSION, NameReader, NameWriter
from greenlight.rehearsal.traffic.outcome import RequestOutcome

ENTRY = struct.Struct("<dfBBHHH")
_COLORS: tuple[Color | None, ...] = (None, Color.BLUE, Color.GREEN)
_CODES = {color: code for code, color in enumerate(_COLORS)}
_OUTCOMES = tuple(RequestOutcome)


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
        self._file = path.open("xb", buffering=0)
        self._names = NameWriter(path)
        self._buffer = bytearray()

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
        numbers = self._names.number(VERSION, version), self._names.number(REQUEST, request)
        self._buffer += ENTRY.pack(completed_at, latency_seconds, _CODES[color], outcome, status, *numbers)

    def flush(self) -> None:
        """Write what was added since the last flush."""
        while self._buffer:
            del self._buffer[: self._file.write(self._buffer)]

    def close(self) -> None:
        """Flush, and close the file."""
        self.flush()
        self._file.close()
        self._names.close()


class RecordTail:
    """Follows a record file that another process is writing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._names = NameReader(path)

    def read(self) -> list[RequestRecord]:
        """Return the entries that came since the last call: none while the file does not exist, never half an entry."""
        data = self._new_bytes()
        word = self._names.word
        return [
            RequestRecord(
                at, latency, _COLORS[color], _OUTCOMES[outcome], status, word(VERSION, version), word(REQUEST, request)
            )
            for at, latency, color, outcome, status, version, request in ENTRY.iter_unpack(data)
        ]

    def _new_bytes(self) -> bytes:
        if not self._path.exists():
            return b""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data[: len(data) // ENTRY.size * ENTRY.size]
        self._offset += len(whole)
        return whole


def read_records(path: Path) -> list[RequestRecord]:
    """Return every entry of a finished record, in the order of completion.

    Raises:
        FileNotFoundError: there is no such record; an empty answer would read as "no failures".
    """
    if not path.exists():
        raise FileNotFoundError(f"no traffic record at {path}; the load generator creates it when it starts")
    return RecordTail(path).read()
