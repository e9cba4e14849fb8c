"""The walk of an execution from state to state, on ministack's interpreter of single states."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import now_iso
from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions.execution import MOST_DATA_BYTES, Execution
from greenlight.rehearsal.cloud.stepfunctions.history import MOST_EVENTS

REQUIRED = (
    "_ExecutionError",
    "_add_event",
    "_apply_input_path",
    "_apply_jsonata_output",
    "_apply_output_path",
    "_apply_state_assign",
    "_evaluate_jsonata",
    "_execute_choice",
    "_execute_map",
    "_execute_parallel",
    "_execute_pass",
    "_execute_task",
    "_execute_wait",
    "_fail_state_error",
    "_state_query_language",
)
"""The names of ministack's stepfunctions module that this module uses."""

State = Mapping[str, Any]
Scope = dict[str, Any]
Step = tuple[Any, str | None]
"""The output of a state, and the name of the next one, None at the end."""


def walk(execution: Execution) -> Any:
    """Go from state to state and return the last output.

    Raises:
        stepfunctions._ExecutionError: a state failed and nothing caught it.
        EndedError: the execution was ended from outside.
    """
    scope = execution.context_object()
    data: Any = scope["Execution"]["Input"]
    name: str | None = execution.definition["StartAt"]
    while name is not None and execution.is_running:
        if len(execution.record["events"]) >= MOST_EVENTS - 2:
            raise _error("States.Runtime", f"The execution reached the maximum number of events ({MOST_EVENTS}).")
        data, name = _step(execution, name, data, scope)
    return data


def _step(execution: Execution, name: str, data: Any, scope: Scope) -> Step:
    state = execution.definition["States"][name]
    kind = state["Type"]
    scope["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
    before = dict(scope["variables"])
    _note(execution, f"{kind}StateEntered", "stateEnteredEventDetails", name, input=json.dumps(data))
    output, following = _perform(execution, kind, state, data, scope)
    encoded = _encoded(name, output)
    _note(execution, f"{kind}StateExited", "stateExitedEventDetails", name, output=encoded, **_assigned(before, scope))
    return output, following


def _perform(execution: Execution, kind: str, state: State, data: Any, scope: Scope) -> Step:
    if kind == "Fail":
        raise _error(*stepfunctions._fail_state_error(state, data, scope))
    if kind == "Succeed":
        return _succeed(state, data, scope), None
    simple: dict[str, Callable[..., Step]] = {
        "Pass": stepfunctions._execute_pass,
        "Choice": choose if _is_jsonata(state, scope) else stepfunctions._execute_choice,
        "Wait": stepfunctions._execute_wait,
    }
    if kind in simple:
        return simple[kind](state, data, scope)
    running: dict[str, Callable[..., Step]] = {
        "Task": stepfunctions._execute_task,
        "Parallel": stepfunctions._execute_parallel,
        "Map": stepfunctions._execute_map,
    }
    return running[kind](state, data, execution.record, scope)


def _succeed(state: State, data: Any, scope: Scope) -> Any:
    if _is_jsonata(state, scope):
        return stepfunctions._apply_jsonata_output(state, data, scope, default=data)
    return stepfunctions._apply_output_path(state, stepfunctions._apply_input_path(state, data, scope), scope)


def _condition_holds(rule: State, data: Any, scope: Scope) -> bool:
    """Step Functions takes true and false, and nothing that is like them."""
    condition = rule["Condition"]
    if isinstance(condition, str) and condition.startswith("{%"):
        condition = stepfunctions._evaluate_jsonata(condition[2:-2].strip(), data, scope)
    if not isinstance(condition, bool):
        raise _error("States.QueryEvaluationError", f"The Condition {rule['Condition']} must give a boolean")
    return condition


def choose(state: State, data: Any, scope: Scope) -> Step:
    """A Choice state in JSONata. Without a rule that applies, the state's own Output and Assign are used."""
    for rule in state["Choices"]:
        if _condition_holds(rule, data, scope):
            return _leave(rule, data, scope), rule["Next"]
    if "Default" not in state:
        raise _error("States.NoChoiceMatched", "No choice rule matched, and there is no Default")
    return _leave(state, data, scope), state["Default"]


def _leave(source: State, data: Any, scope: Scope) -> Any:
    output = stepfunctions._apply_jsonata_output(source, data, scope, default=data)
    stepfunctions._apply_state_assign(source, data, scope)
    return output


def _encoded(name: str, output: Any) -> str:
    encoded = json.dumps(output)
    if len(encoded.encode()) > MOST_DATA_BYTES:
        cause = f"The state '{name}' returned a result with a size exceeding {MOST_DATA_BYTES} bytes."
        raise _error("States.DataLimitExceeded", cause)
    return encoded


def _assigned(before: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """The variables that a state set, as the history shows them."""
    changed = {name: value for name, value in scope["variables"].items() if before.get(name, scope) is not value}
    return {"assignedVariables": {name: json.dumps(value) for name, value in changed.items()}} if changed else {}


def _note(execution: Execution, kind: str, details_name: str, name: str, **details: Any) -> None:
    stepfunctions._add_event(execution.record, kind, {details_name: {"name": name, **details}})


def _is_jsonata(state: State, scope: Scope) -> bool:
    return bool(stepfunctions._state_query_language(state, scope) == "JSONata")


def _error(error: str, cause: str) -> Exception:
    exception: Exception = stepfunctions._ExecutionError(error, cause)
    return exception
