"""A Map state in its inline mode: one iteration for each item, at most so many at once."""

from __future__ import annotations

from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import jsonata_fields, jsonpath_fields
from greenlight.rehearsal.cloud.stepfunctions.branches import Branches, Path, Story, Walk
from greenlight.rehearsal.cloud.stepfunctions.errors import PATH_CONFLICT, RUNTIME, EvaluationError, StateError
from greenlight.rehearsal.cloud.stepfunctions.history import encoded
from greenlight.rehearsal.cloud.stepfunctions.paths import NoSuchPathError, find, missing_step
from greenlight.rehearsal.cloud.stepfunctions.recovery import recovered
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State
from greenlight.rehearsal.cloud.stepfunctions.track import Track

MOST_AT_ONCE = 40
"""Iterations of the inline mode (Step Functions guide, "Inline and Distributed mode")."""


REQUIRED = ("_execute_map",)
"""The names of ministack's stepfunctions module that this module uses."""


def perform(state: State, data: Any, scope: Scope, track: Track, walk: Walk) -> Leaving:
    """Walk the iterations, with the state's Retry and Catch. The distributed mode is ministack's."""
    processor = state.get("ItemProcessor") or {}
    if (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
        context = {**scope.context, "QueryLanguage": scope.language, "variables": scope.variables}
        output, following = stepfunctions._execute_map(state, data, track.execution.record, context)
        return Leaving(output, {}, following)

    def attempt() -> Leaving:
        items = _items(state, data, scope)
        at_once = _at_once(state, data, scope)
        paths = [_path(state, data, at, item, scope, walk) for at, item in enumerate(items)]
        track.note("MapStateStarted", {"length": len(items)})
        results = Branches(paths, track, at_once, _story(track.state)).outputs()
        track.aside("MapStateSucceeded")
        if scope.is_jsonata(state):
            return jsonata_fields.leave_state(state, data, scope, result=results)
        return jsonpath_fields.leave(state, data, results, scope)

    return recovered(state, data, scope, track, attempt, on_failure="MapStateFailed")


def _story(name: str) -> Story:
    def told(kind: str, number: int) -> tuple[str, dict[str, Any]]:
        return f"MapIteration{kind}", {"name": name, "index": number}

    return Story(
        begun=lambda number, track: track.note(*told("Started", number)),
        done=lambda number, track: track.note(*told("Succeeded", number)),
        failed=lambda number, track: track.aside(*told("Failed", number)),
        aborted=lambda number, track: track.aside(*told("Aborted", number)),
    )


def _path(state: State, data: Any, at: int, item: Any, scope: Scope, walk: Walk) -> Path:
    inner = scope.inner(Map={"Item": {"Index": at, "Value": item}})
    selector = state.get("ItemSelector", state.get("Parameters"))
    processor = state.get("ItemProcessor") or state["Iterator"]
    if selector is None:
        given = item
    elif scope.is_jsonata(state):
        given = jsonata_fields.field(selector, "ItemSelector", {"input": data}, inner)
    else:
        given = jsonpath_fields.filled(selector, jsonpath_fields.selected(state, "InputPath", data, scope), inner)
    return lambda track: walk(processor, given, inner, track)


def _items(state: State, data: Any, scope: Scope) -> list[Any]:
    if scope.is_jsonata(state):
        items = jsonata_fields.checked(state.get("Items", data), "Items", "array", {"input": data}, scope)
        return list(items)
    chosen = jsonpath_fields.selected(state, "InputPath", data, scope)
    where = state.get("ItemsPath") or "$"
    try:
        items = find(where, chosen, scope)
    except NoSuchPathError as error:
        told = f'Unable to apply step "{missing_step(where, chosen)}" to input {encoded(chosen)}'
        raise StateError(PATH_CONFLICT, told) from error
    if not isinstance(items, list):
        raise EvaluationError(RUNTIME, f'Reference path "{where}" must point to array. But was: {encoded(items)}')
    return items


def _at_once(state: State, data: Any, scope: Scope) -> int:
    if scope.is_jsonata(state) and "MaxConcurrency" in state:
        asked = jsonata_fields.typed(state, "MaxConcurrency", "number", {"input": data}, scope)
    else:
        asked = jsonpath_fields.number(state, "MaxConcurrency", data, scope)
    return min(int(asked or MOST_AT_ONCE), MOST_AT_ONCE)
