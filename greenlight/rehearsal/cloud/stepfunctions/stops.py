"""Executions that are stopped in a certain state, as by an operator, at a moment that nobody could hit by hand."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping
from typing import Any

from greenlight.rehearsal.cloud.control import Answer, Query

AT_WORK_SECONDS = 0.05
"""So long after its invocation the state's function is at work, and has not written anything yet, or just has."""

Stop = Callable[[dict[str, Any]], Any]


class Stops:
    """Stops the next execution that enters a state, once for each time that it was asked to."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._causes: dict[str, str] = {}
        self._states: dict[str, str] = {}

    def ask(self, _method: str, _query: Query, body: Any) -> Answer:
        """Stop in `state`, with `cause`."""
        if not isinstance(body, dict) or not body.get("state"):
            raise ValueError('a body such as {"state": "Shift", "cause": "..."} is needed')
        self._causes[body["state"]] = str(body.get("cause", ""))
        return 200, {"stops_in": sorted(self._causes)}

    def notice(self, execution_arn: str, kind: str, details: Mapping[str, Any]) -> None:
        """Learn from an event of the history where an execution is; a state is at work once its task is scheduled."""
        if kind == "TaskStateEntered":
            self._states[execution_arn] = details["name"]
        elif kind == "TaskScheduled" and self._states.get(execution_arn) in self._causes:
            cause = self._causes.pop(self._states[execution_arn])
            request = {"executionArn": execution_arn, "error": "Rehearsal", "cause": cause}
            timer = threading.Timer(AT_WORK_SECONDS, contextvars.copy_context().run, (self._stop, request))
            timer.daemon = True
            timer.start()
