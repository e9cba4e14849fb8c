"""The kinds of state that the switch uses. Each takes its input and says what comes out, and which state is next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from tests.simulation.states.errors import DATA_LIMIT, QUERY_EVALUATION, RUNTIME, StateError, TaskError
from tests.simulation.states.jsonata_engine import UNDEFINED
from tests.simulation.states.recovery import Catcher, Retrier, handler, next_attempt
from tests.simulation.states.templates import Fill

MOST_BYTES = 262_144
"""What one state may hand to the next (Step Functions quotas, "Maximum input or output size")."""

NOTHING: Mapping[str, Any] = {}


class Run(Protocol):
    """What a state needs of the execution that it belongs to."""

    variables: dict[str, Any]

    def states(self, data: Any, **more: Any) -> dict[str, Any]:
        """What expressions see as $states."""

    def pause(self, seconds: float) -> None:
        """Let time pass."""

    def invoke(self, function: str, payload: Any, timeout: float) -> Any:
        """Invoke a function. Raises TaskError."""

    def draw(self) -> float:
        """A share from 0 to 1, for jitter."""

    def retried(self, count: int) -> None:
        """Note how often the state has been tried again."""


class Step(NamedTuple):
    """What a state ends with: its output, the variables that it sets, and the next state, "" at the end."""

    output: Any
    assigned: Mapping[str, Any]
    target: str


class State(Protocol):
    """One state of a machine."""

    def perform(self, run: Run, data: Any) -> Step:
        """Do what the state does. Raises TaskError when it fails."""


@dataclass(frozen=True)
class Leave:
    """How a state, or one rule of it, is left."""

    output: Fill
    assign: Mapping[str, Fill]
    target: str

    def __call__(self, run: Run, states: dict[str, Any]) -> Step:
        names = run.variables
        output = self.output(names, states)
        return Step(output, assigned(self.assign, names, states), self.target)


@dataclass(frozen=True)
class Plain:
    """Pass and Succeed."""

    leave: Leave

    def perform(self, run: Run, data: Any) -> Step:
        return self.leave(run, run.states(data))


@dataclass(frozen=True)
class Wait:
    """Waits for a whole number of seconds."""

    seconds: Fill
    leave: Leave

    def perform(self, run: Run, data: Any) -> Step:
        states = run.states(data)
        seconds = self.seconds(run.variables, states)
        if not _is_number(seconds) or seconds != int(seconds) or seconds < 0:
            raise StateError(QUERY_EVALUATION, f"Seconds must be a whole number of seconds, not {seconds!r}")
        run.pause(float(seconds))
        return self.leave(run, states)


@dataclass(frozen=True)
class Choice:
    """Takes the first rule whose condition is true; else `otherwise`, if there is a Default."""

    rules: Sequence[tuple[Fill, str, Leave]]
    otherwise: Leave | None

    def perform(self, run: Run, data: Any) -> Step:
        states = run.states(data)
        for condition, text, leave in self.rules:
            holds = condition(run.variables, states)
            if holds is True:
                return leave(run, states)
            if holds is not False:
                raise StateError(QUERY_EVALUATION, f"The Condition {text} must give a boolean, not {holds!r}")
        if self.otherwise is None:
            text = "Failed to transition out of the state. The state does not point to a next state."
            raise StateError(RUNTIME, text)
        return self.otherwise(run, states)


@dataclass(frozen=True)
class Fail:
    """Ends the execution as failed."""

    error: Fill
    cause: Fill

    def perform(self, run: Run, data: Any) -> Step:
        states = run.states(data)
        error, cause = self.error(run.variables, states), self.cause(run.variables, states)
        for name, value in (("Error", error), ("Cause", cause)):
            if not isinstance(value, str):
                raise StateError(QUERY_EVALUATION, f"{name} must be a string, not {value!r}")
        raise TaskError(error, cause)


@dataclass(frozen=True)
class Task:
    """Invokes a Lambda function, again as its rules of Retry say; what they leave is for its rules of Catch."""

    function: Fill
    payload: Fill
    timeout: float
    retriers: Sequence[Retrier]
    catchers: Sequence[Catcher]
    leave: Leave

    def perform(self, run: Run, data: Any) -> Step:
        used = [0] * len(self.retriers)
        while True:
            try:
                return self._attempt(run, data)
            except TaskError as error:
                delay = next_attempt(self.retriers, error.error, used, run.draw)
                if delay is None:
                    return self._caught(run, data, error)
            run.retried(sum(used))
            run.pause(delay)

    def _attempt(self, run: Run, data: Any) -> Step:
        states = run.states(data)
        names = run.variables
        result = run.invoke(self.function(names, states), self.payload(names, states), self.timeout)
        return self.leave(run, run.states(data, result={"StatusCode": 200, "Payload": result}))

    def _caught(self, run: Run, data: Any, error: TaskError) -> Step:
        rule = handler(self.catchers, error.error)
        if rule is None:
            raise error
        states = run.states(data, errorOutput={"Error": error.error, "Cause": error.cause})
        output = rule.output(run.variables, states)
        return Step(output, assigned(rule.assign, run.variables, states), rule.target)


def assigned(assign: Mapping[str, Fill], names: Mapping[str, Any], states: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of Assign. Each expression sees the variables as they were before any of them changes."""
    return {name: fill(names, states) for name, fill in assign.items()} if assign else NOTHING


def isolated(value: Any) -> Any:
    """A copy that went through JSON, as everything does that crosses a state's border.

    Raises:
        StateError: States.DataLimitExceeded.
    """
    text = json.dumps(value)
    if len(text) > MOST_BYTES // 4 and len(text.encode()) > MOST_BYTES:
        raise StateError(DATA_LIMIT, f"{len(text.encode())} bytes, at most {MOST_BYTES} are allowed")
    return json.loads(text)


def passed_on(_names: Mapping[str, Any], states: Mapping[str, Any]) -> Any:
    """The output of a state that has no Output: its result if it is a task, its input otherwise."""
    result = states.get("result", UNDEFINED)
    return states["input"] if result is UNDEFINED else result


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
