"""A state machine, and one run of it. Time, functions and chance come from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.history import MOST_EVENTS
from tests.simulation.states import definition as asl
from tests.simulation.states.errors import RUNTIME, TIMEOUT, DefinitionError, OutOfTimeError, TaskError
from tests.simulation.states.kinds import Step, isolated

FOREVER = float("inf")
ROUNDING = 1e-6
"""Seconds: what adding up moments may be off."""

STATE_EVENTS, TASK_EVENTS, RESERVED_EVENTS = 2, 3, 2
"""Events in the history: entered and exited; scheduled, started and ended; the execution's own start and end."""

Invoke = Callable[[str, Any, float], Any]
"""Function, payload, seconds that the caller waits. Returns the function's payload or raises TaskError."""


@dataclass(frozen=True)
class Around:
    """What a run needs from outside. `now` is in Unix seconds; `draw` gives a share from 0 to 1."""

    invoke: Invoke
    sleep: Callable[[float], None]
    now: Callable[[], float]
    draw: Callable[[], float]


@dataclass(frozen=True)
class Visit:
    """One pass through a state, with the variables that it set. `output` is None where the state failed."""

    state: str
    entered: float
    output: Any = None
    assigned: Mapping[str, Any] = field(default_factory=dict)


class Machine:
    """A definition, compiled once; any number of runs may share it."""

    def __init__(self, definition: Mapping[str, Any], substitutions: Mapping[str, str] | None = None) -> None:
        definition = substituted(definition, substitutions or {})
        self.start_at: str = definition["StartAt"]
        self.timeout = float(definition.get("TimeoutSeconds", FOREVER))
        self.states = asl.states(definition)

    def run(self, data: Any, **around: Any) -> Run:
        """Run it to its end. `around` is what `Around` takes."""
        run = Run(self, data, {"Execution": {"Id": "run", "Name": "run"}, "StateMachine": {"Id": "machine"}})
        run.go(Around(**around))
        return run


class Run:
    """One execution: where it stands, its variables, how it ended. `go` continues after a failure too (redrive)."""

    def __init__(self, machine: Machine, data: Any, context: Mapping[str, Any]) -> None:
        self.machine = machine
        self.variables: dict[str, Any] = {}
        self.visits: list[Visit] = []
        self.status = "RUNNING"
        self.output: Any = None
        self.error: str | None = None
        self.cause: str | None = None
        self.state = machine.start_at
        self._data = isolated(data)
        self._context = {**context, "Execution": {**context["Execution"], "Input": self._data}}
        self._deadline = FOREVER
        self._events = 0

    def redriven(self, count: int) -> None:
        """What runs from now on belongs to the n-th redrive."""
        self._context["Execution"] = {**self._context["Execution"], "RedriveCount": count}

    def go(self, around: Around) -> None:
        """Run from the state in which it stands to an end. Only what stops it from outside is raised."""
        self._around = around
        self.status, self.error, self.cause = "RUNNING", None, None
        self._deadline = around.now() + self.machine.timeout
        try:
            while self.state:
                self._step()
        except OutOfTimeError:
            self.status = "TIMED_OUT"
        except TaskError as error:
            self.status, self.error, self.cause = "FAILED", error.error, error.cause
        else:
            self.status, self.output = "SUCCEEDED", self._data

    def _step(self) -> None:
        entered = self._around.now()
        if entered >= self._deadline:
            raise OutOfTimeError
        self._count(STATE_EVENTS)
        name = self.state
        self._context["State"] = {"Name": name, "EnteredTime": iso(entered), "RetryCount": 0}
        self.visits.append(Visit(name, entered))
        step: Step = self.machine.states[name].perform(self, self._data)
        self.visits[-1] = Visit(name, entered, step.output, step.assigned)
        self.variables.update(step.assigned)
        self._data, self.state = step.output, step.target

    def states(self, data: Any, **more: Any) -> dict[str, Any]:
        """What expressions see as $states."""
        return {"input": data, "context": self._context, **more}

    def retried(self, count: int) -> None:
        """Note how often the state has been tried again."""
        self._context["State"] = {**self._context["State"], "RetryCount": count}

    def draw(self) -> float:
        """A share from 0 to 1, for jitter."""
        return self._around.draw()

    def pause(self, seconds: float) -> None:
        """Let time pass, but not beyond the deadline.

        Raises:
            OutOfTimeError: the machine's time is over.
        """
        left = self._deadline - self._around.now()
        if seconds >= left:
            self._around.sleep(max(0.0, left))
            raise OutOfTimeError
        self._around.sleep(seconds)

    def invoke(self, function: str, payload: Any, timeout: float) -> Any:
        """Invoke a function and wait for it, neither beyond the task's time nor beyond the machine's.

        Raises:
            TaskError: it failed, or States.Timeout with an empty cause, as on AWS.
            OutOfTimeError: the machine's time is over.
        """
        left = self._deadline - self._around.now()
        self._count(TASK_EVENTS)
        try:
            return isolated(self._around.invoke(function, isolated(payload), min(timeout, left)))
        except TaskError as error:
            if error.error == TIMEOUT and self._around.now() >= self._deadline - ROUNDING:
                raise OutOfTimeError from error
            raise

    def _count(self, events: int) -> None:
        """Keep to the longest history. One that is full ends the execution, whatever would catch an error."""
        self._events += events
        if self._events > MOST_EVENTS - RESERVED_EVENTS:
            raise TaskError(RUNTIME, f"The execution reached the maximum number of history events ({MOST_EVENTS}).")


def substituted(definition: Mapping[str, Any], values: Mapping[str, str]) -> Mapping[str, Any]:
    """Put values in the place of `${Name}`, as CloudFormation's DefinitionSubstitutions do.

    Raises:
        DefinitionError: a value is for no placeholder.
    """
    text = json.dumps(definition)
    for name, value in values.items():
        if "${" + name + "}" not in text:
            raise DefinitionError(f"the definition has no placeholder ${{{name}}}")
        text = text.replace("${" + name + "}", json.dumps(value)[1:-1])
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def iso(seconds: float) -> str:
    """A moment as Step Functions writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
