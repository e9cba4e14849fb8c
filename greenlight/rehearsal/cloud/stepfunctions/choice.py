"""A Choice state."""

from __future__ import annotations

from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import jsonata_fields, jsonpath_fields
from greenlight.rehearsal.cloud.stepfunctions.errors import RUNTIME, EvaluationError
from greenlight.rehearsal.cloud.stepfunctions.paths import NoSuchPathError, find, variables_of
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State

REQUIRED = ("_evaluate_rule",)
"""The names of ministack's stepfunctions module that this module uses."""

_COMBINED = ("And", "Or")


def choose(state: State, data: Any, scope: Scope) -> Leaving:
    """The first rule that applies decides. Without one, the state's own Output and Assign are used.

    Raises:
        EvaluationError: no rule applied and there is no Default. AWS calls that States.Runtime, in these words
            (measured: floci-io/floci, AslExecutor).
    """
    in_jsonata = scope.is_jsonata(state)
    rules = _holds_jsonata if in_jsonata else _holds_jsonpath
    given = data if in_jsonata else jsonpath_fields.selected(state, "InputPath", data, scope)
    for at, rule in enumerate(state["Choices"]):
        if rules(rule, at, given, scope):
            return _leave(state, rule, f"Choices[{at}]/", given, scope, rule["Next"])
    if "Default" not in state:
        raise EvaluationError(
            RUNTIME, "Failed to transition out of the state. The state does not point to a next state."
        )
    return _leave(state, state, "", given, scope, state["Default"])


def _leave(state: State, source: State, place: str, data: Any, scope: Scope, following: str) -> Leaving:
    if scope.is_jsonata(state):
        return jsonata_fields.leave(source, place, data, scope, following)
    assigned = jsonpath_fields.filled(source.get("Assign") or {}, data, scope)
    return Leaving(jsonpath_fields.selected(state, "OutputPath", data, scope), assigned, following)


def _holds_jsonata(rule: State, at: int, data: Any, scope: Scope) -> bool:
    """Step Functions takes true and false, and nothing that is like them."""
    place = f"Choices[{at}]/Condition"
    return bool(jsonata_fields.checked(rule["Condition"], place, "boolean", {"input": data}, scope))


def _holds_jsonpath(rule: State, _at: int, data: Any, scope: Scope) -> bool:
    if "Not" in rule:
        return not _holds_jsonpath(rule["Not"], 0, data, scope)
    for name, combine in (("And", all), ("Or", any)):
        if name in rule:
            return combine(_holds_jsonpath(each, 0, data, scope) for each in rule[name])
    return _compares(rule, data, scope)


def _compares(rule: State, data: Any, scope: Scope) -> bool:
    path = rule["Variable"]
    try:
        find(path, data, scope)
        with variables_of(scope):
            return rule.get("IsPresent", True) is True if "IsPresent" in rule else _applies(rule, data, scope)
    except NoSuchPathError as error:
        if "IsPresent" in rule:
            return rule["IsPresent"] is False
        words = "The choice state's condition path references an invalid value."
        raise EvaluationError(RUNTIME, f"Invalid path '{error.path}': {words}") from error


def _applies(rule: State, data: Any, scope: Scope) -> bool:
    return bool(stepfunctions._evaluate_rule(rule, data, scope.context))
