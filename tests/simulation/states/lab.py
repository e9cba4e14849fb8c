"""A machine alone, without a kernel: scripted functions, and a clock that only sleeping moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.states.definition import LAMBDA_INVOKE
from tests.simulation.states.errors import TaskError
from tests.simulation.states.machine import Around, Machine, Run

CONTEXT = {"Execution": {"Id": "run", "Name": "run"}, "StateMachine": {"Id": "machine"}}
Script = Callable[[str, Any], Any]


@dataclass
class StateLab:
    """Runs machines on a script: from function and payload to a result, a TaskError, or seconds that it takes."""

    script: Script = lambda _function, payload: payload
    time: float = 0.0
    sleeps: list[float] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def run(self, states: Mapping[str, Any], data: object = None, **settings: Any) -> Run:
        run = Run(machine(states, **settings), data or {}, CONTEXT)
        run.go(self.around())
        return run

    def around(self) -> Around:
        return Around(self.invoke, self.sleep, lambda: self.time, lambda: 0.5)

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds

    def invoke(self, function: str, payload: Any, timeout: float) -> Any:
        self.calls.append((function, payload))
        result = self.script(function, payload)
        if isinstance(result, float):
            self.time += min(result, timeout)
            if result > timeout:
                raise TaskError("States.Timeout")
            return {}
        if isinstance(result, TaskError):
            raise result
        return result


def machine(states: Mapping[str, Any], **settings: Any) -> Machine:
    return Machine({"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **settings})


def task(**more: Any) -> dict[str, Any]:
    """A Task that calls `work` with `$states.input`, and hands on what it returns."""
    return {
        "Type": "Task",
        "Resource": LAMBDA_INVOKE,
        "Arguments": {"FunctionName": "work", "Payload": "{% $states.input %}"},
        "Output": "{% $states.result.Payload %}",
        **({} if "Next" in more else {"End": True}),
        **more,
    }


def failing(*errors: str) -> Script:
    """A function that fails in these ways, one after the other, and then returns "done"."""
    left = list(errors)
    return lambda _function, _payload: TaskError(left.pop(0), "because") if left else "done"
