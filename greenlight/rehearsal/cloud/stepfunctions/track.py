"""One path through an execution, and where it stands in the history: a branch and an iteration have one of their own.

`previousEventId` links the events of a path. As recorded, the first state follows event 0; what fails before a state
did anything follows what led into that state, but within a branch the state itself.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.errors import EvaluationError
from greenlight.rehearsal.cloud.stepfunctions.execution import EndedError, Execution
from greenlight.rehearsal.cloud.stepfunctions.history import Details, encoded, payload


@dataclass
class Track:
    """A path. `trigger` is the event that led into its current state, `entered_id` that state's first event."""

    execution: Execution
    previous: int = 0
    trigger: int = 0
    entered_id: int = 0
    state: str = ""
    kind: str = ""
    given_up: tuple[threading.Event, ...] = field(default=())

    def note(self, kind: str, details: Details | None = None) -> int:
        """Write an event; the next one follows it."""
        self.previous = self.aside(kind, details)
        return self.previous

    def aside(self, kind: str, details: Details | None = None) -> int:
        """Write an event that the next one does not follow.

        Raises:
            EndedError: the execution has ended, or another branch failed meanwhile.
        """
        with self.execution.lock:
            if any(event.is_set() for event in self.given_up):
                raise EndedError
            return self.execution.write(kind, details, self.previous)

    def enter(self, kind: str, state: str, data: Any) -> None:
        """Write that a state was entered."""
        self.trigger, self.state, self.kind = self.previous, state, kind
        self.entered_id = self.note(f"{kind}StateEntered", {"name": state, **payload("input", encoded(data))})

    def enter_again(self, kind: str, state: str, entered_id: int) -> None:
        """Begin a state a second time, after a redrive, without saying so.

        As recorded, what happens in it follows its entering, and only the end of a Fail state the redrive.
        """
        self.trigger, self.entered_id, self.state, self.kind = self.previous, entered_id, state, kind
        if kind != "Fail":
            self.previous = entered_id

    def record(self, error: Exception) -> None:
        """Write the failure of an expression, once, and complete its cause."""
        if not isinstance(error, EvaluationError) or error.is_recorded:
            return
        error.place(self.state, self.entered_id)
        if self.previous == self.entered_id and not self.given_up:
            self.previous = self.trigger
        if error.location is not None:
            where = {"location": error.location, "state": self.state}
            self.note("EvaluationFailed", {"error": error.error, "cause": error.cause, **where})

    def fork(self, given_up: threading.Event) -> Track:
        """A path that begins here, and ends at once when it is given up."""
        return Track(self.execution, self.previous, given_up=(*self.given_up, given_up))
