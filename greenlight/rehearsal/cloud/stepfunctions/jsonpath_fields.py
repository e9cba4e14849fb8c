"""The fields of a state in JSONPath: InputPath, Parameters, ResultSelector, ResultPath, OutputPath and Assign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions.errors import RUNTIME, EvaluationError, StateError
from greenlight.rehearsal.cloud.stepfunctions.history import encoded
from greenlight.rehearsal.cloud.stepfunctions.paths import NoSuchPathError, find, placed, variables_of
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State, after

REQUIRED = ("_evaluate_intrinsic",)
"""The names of ministack's stepfunctions module that this module uses."""


def selected(state: State, name: str, data: Any, scope: Scope) -> Any:
    """InputPath, OutputPath or the path of a number: a part of the data; null leaves nothing of it.

    Raises:
        EvaluationError: the path leads nowhere.
    """
    path = state.get(name, "$")
    if path is None:
        return {}
    try:
        return find(path, data, scope)
    except NoSuchPathError as error:
        raise EvaluationError(RUNTIME, f"Invalid path '{path}': No results for path: {_bracketed(path)}") from error


def filled(template: Any, data: Any, scope: Scope) -> Any:
    """Parameters, ResultSelector, ItemSelector or Assign: each name that ends in `.$` is given by a path.

    Raises:
        EvaluationError: a path leads nowhere, or a function fails.
    """
    if isinstance(template, list):
        return [filled(item, data, scope) for item in template]
    if not isinstance(template, Mapping):
        return template
    return dict(_filled(name, item, data, scope) for name, item in template.items())


def effective(state: State, data: Any, scope: Scope) -> Any:
    """What a state works on: its InputPath, then its Parameters."""
    chosen = selected(state, "InputPath", data, scope)
    return filled(state["Parameters"], chosen, scope) if "Parameters" in state else chosen


def leave(state: State, data: Any, result: Any, scope: Scope) -> Leaving:
    """From a result to an output. Assign sees the result as the task gave it."""
    chosen = filled(state["ResultSelector"], result, scope) if "ResultSelector" in state else result
    merged = placed(chosen, state.get("ResultPath", "$"), data)
    assigned = filled(state.get("Assign") or {}, result, scope)
    return Leaving(selected(state, "OutputPath", merged, scope), assigned, after(state))


def number(state: State, name: str, data: Any, scope: Scope) -> int | None:
    """A number that is given itself, or by a path in the field <name>Path; None when neither is there.

    Raises:
        EvaluationError: the path leads to something else than a number from 0 on.
    """
    path = state.get(f"{name}Path")
    if path is None:
        return state.get(name)
    found = selected(state, f"{name}Path", data, scope)
    if isinstance(found, bool) or not isinstance(found, int):
        words = f"The {name}Path parameter cannot be parsed as a long value: {path} == {_shown(found)}"
        raise EvaluationError(RUNTIME, words)
    if found < 0:
        raise EvaluationError(RUNTIME, f"The {name}Path parameter references a negative value: {path} == {found}")
    return found


def moment(state: State, data: Any, scope: Scope) -> datetime:
    """The Timestamp of a Wait state, given itself or by a path.

    Raises:
        EvaluationError: the path leads to something else.
    """
    path = state.get("TimestampPath")
    given = state["Timestamp"] if path is None else selected(state, "TimestampPath", data, scope)
    try:
        return parsed(given)
    except ValueError as error:
        what = "does not reference a valid ISO-8601 extended offset date-time format string"
        told = f"The TimestampPath parameter {what}: {path} == {_shown(given)}"
        raise EvaluationError(RUNTIME, told) from error


def parsed(timestamp: Any) -> datetime:
    """A moment with its zone.

    Raises:
        ValueError: it is none.
    """
    found = datetime.fromisoformat(str(timestamp))
    if found.tzinfo is None or "T" not in str(timestamp):
        raise ValueError(timestamp)
    return found


def _filled(name: str, value: Any, data: Any, scope: Scope) -> tuple[str, Any]:
    if not name.endswith(".$"):
        return name, filled(value, data, scope)
    if isinstance(value, str) and value.startswith("States."):
        return name[:-2], _called(value, data, scope)
    try:
        return name[:-2], find(value, data, scope)
    except NoSuchPathError as error:
        where = f"specified for the field '{name}' could not be found in the input '{encoded(error.data)}'"
        raise EvaluationError(RUNTIME, f"The JSONPath '{value}' {where}") from error


def _called(function: str, data: Any, scope: Scope) -> Any:
    told = f"The function '{function}' had the following error:"
    try:
        with variables_of(scope):
            return stepfunctions._evaluate_intrinsic(function, data, scope.context)
    except NoSuchPathError as error:
        missing = f"The JsonPath argument for the field '{error.path}' could not be found in the input"
        raise EvaluationError(RUNTIME, f"{told} {missing} '{encoded(error.data)}'") from error
    except StateError as error:
        raise EvaluationError(error.error, f"{told} {error.cause}") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise EvaluationError(RUNTIME, f"{told} Invalid arguments in {function.partition('(')[0]}") from error


def _bracketed(path: str) -> str:
    return "$" + "".join(f"['{name}']" for name in path.removeprefix("$").strip(".").split(".") if name)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else encoded(value)
