"""What the switch logs, as whoever reads CloudWatch Logs finds it."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

import pytest

_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Line(NamedTuple):
    """One line of the log; `more` is what it says besides its words."""

    level: str
    words: str
    more: dict[str, Any]


def logged(caplog: pytest.LogCaptureFixture) -> list[Line]:
    """The lines of the switch, in order."""
    return [_line(record) for record in caplog.records if record.name.startswith("traffic_switch.")]


def _line(record: logging.LogRecord) -> Line:
    more = {name: value for name, value in vars(record).items() if name not in _USUAL}
    return Line(record.levelname, record.getMessage(), more)
