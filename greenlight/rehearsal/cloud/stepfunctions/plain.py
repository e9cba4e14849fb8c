"""The states that call nothing: Pass, Wait, Succeed and Fail."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import jsonata_fields, jsonpath_fields
from greenlight.rehearsal.cloud.stepfunctions.errors import QUERY_ERROR, RUNTIME, EvaluationError, StateError
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State, after

REQUIRED = ("_scaled_sleep", "_evaluate_intrinsic")
"""The names of ministack's stepfunctions module that this module uses; the adapter replaces the first."""


def leave_pass(state: State, data: Any, scope: Scope) -> Leaving:
    """Hand the input on, or what the fields make of it."""
    if scope.is_jsonata(state):
        return jsonata_fields.leave_state(state, data, scope)
    result = state["Result"] if "Result" in state else jsonpath_fields.effective(state, data, scope)
    output, _, following = jsonpath_fields.leave({**state, "Assign": None}, data, result, scope)
    assigned = jsonpath_fields.filled(state.get("Assign") or {}, result, scope)
    return Leaving(output, assigned, following)


def succeed(state: State, data: Any, scope: Scope) -> Leaving:
    """The last state of a path."""
    if scope.is_jsonata(state):
        return Leaving(jsonata_fields.leave_state(state, data, scope).output, {}, None)
    chosen = jsonpath_fields.selected(state, "InputPath", data, scope)
    return Leaving(jsonpath_fields.selected(state, "OutputPath", chosen, scope), {}, None)


def wait(state: State, data: Any, scope: Scope) -> Leaving:
    """Wait for some seconds, or until a moment."""
    if scope.is_jsonata(state):
        stepfunctions._scaled_sleep(_jsonata_seconds(state, data, scope))
        return jsonata_fields.leave_state(state, data, scope)
    chosen = jsonpath_fields.selected(state, "InputPath", data, scope)
    seconds = jsonpath_fields.number(state, "Seconds", chosen, scope)
    if seconds is None:
        stepfunctions._scaled_sleep(_until(jsonpath_fields.moment(state, chosen, scope)))
    else:
        stepfunctions._scaled_sleep(seconds)
    assigned = jsonpath_fields.filled(state.get("Assign") or {}, chosen, scope)
    return Leaving(jsonpath_fields.selected(state, "OutputPath", chosen, scope), assigned, after(state))


def fail(state: State, data: Any, scope: Scope) -> Leaving:
    """End the path with an error and a cause, each of which may be missing.

    Raises:
        StateError: always.
    """
    raise StateError(_text(state, "Error", data, scope), _text(state, "Cause", data, scope))


def _text(state: State, name: str, data: Any, scope: Scope) -> str | None:
    if scope.is_jsonata(state):
        return jsonata_fields.typed(state, name, "string", {"input": data}, scope) if name in state else None
    path = state.get(f"{name}Path")
    if path is None:
        return state.get(name)
    given = {f"{name}.$": path}
    value = jsonpath_fields.filled(given, data, scope)[name]
    if not isinstance(value, str):
        words = f"The {name}Path field must resolve to a string, but got: {json.dumps(value)}"
        raise EvaluationError(RUNTIME, words)
    return value


def _jsonata_seconds(state: State, data: Any, scope: Scope) -> float:
    known = {"input": data}
    if "Seconds" not in state:
        return _until(_jsonata_moment(jsonata_fields.typed(state, "Timestamp", "string", known, scope)))
    seconds = jsonata_fields.typed(state, "Seconds", "number", known, scope)
    if not float(seconds).is_integer():
        words = f"The Seconds field cannot be parsed as an integer: {json.dumps(seconds)}"
        raise EvaluationError(QUERY_ERROR, words, "Seconds")
    if seconds < 0:
        raise EvaluationError(QUERY_ERROR, f"Seconds cannot be negative but was: {json.dumps(seconds)}", "Seconds")
    return float(seconds)


def _jsonata_moment(timestamp: Any) -> datetime:
    try:
        return jsonpath_fields.parsed(timestamp)
    except ValueError as error:
        words = (
            f"The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {timestamp}"
        )
        raise EvaluationError(QUERY_ERROR, words, "Timestamp") from error


def _until(moment: datetime) -> float:
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
