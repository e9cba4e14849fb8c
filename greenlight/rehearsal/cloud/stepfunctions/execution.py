"""One execution of a state machine: its record, its history, and the one moment at which it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import now_iso

from greenlight.rehearsal.cloud.stepfunctions import history

MOST_DATA_BYTES = 262_144
"""What one state may hand to the next (Step Functions quotas, "Maximum input or output size")."""


class EndedError(Exception):
    """The execution was stopped or ran out of time while a state was at work, or its branch was given up."""


@dataclass(frozen=True)
class Execution:
    """A running execution. `record` is ministack's, and is what DescribeExecution shows."""

    record: dict[str, Any]
    machine: Mapping[str, Any]
    definition: Mapping[str, Any]
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)
    notice: Callable[[str, str, Mapping[str, Any]], None] = lambda _arn, _kind, _details: None
    """Told of every event before it is written."""

    @property
    def is_running(self) -> bool:
        """Whether it may enter another state."""
        return not self.ended.is_set() and bool(self.record["status"] == "RUNNING")

    def write(self, kind: str, details: history.Details | None, previous: int) -> int:
        """Write an event and return its id. Whoever still works for an execution that has ended learns it here.

        Raises:
            EndedError: the history is closed.
        """
        with self.lock:
            events = self.record["events"]
            if self.ended.is_set() or history.ended(events):
                raise EndedError
            self.notice(self.record["executionArn"], kind, details or {})
            return history.append(events, kind, details, now_iso(), previous)

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end.

        Raises:
            EndedError: it was stopped meanwhile.
        """
        if self.ended.wait(seconds):
            raise EndedError


CURRENT: ContextVar[Execution | None] = ContextVar("current_execution", default=None)
"""The execution that the running thread works for."""
