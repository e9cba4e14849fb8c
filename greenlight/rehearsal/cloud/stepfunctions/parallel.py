"""A Parallel state: its branches side by side, and the list of their outputs."""

from __future__ import annotations

from typing import Any

from greenlight.rehearsal.cloud.stepfunctions import jsonata_fields, jsonpath_fields
from greenlight.rehearsal.cloud.stepfunctions.branches import Branches, Path, Walk
from greenlight.rehearsal.cloud.stepfunctions.recovery import recovered
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State
from greenlight.rehearsal.cloud.stepfunctions.track import Track


def perform(state: State, data: Any, scope: Scope, track: Track, walk: Walk) -> Leaving:
    """Walk the branches, with the state's Retry and Catch."""

    def attempt() -> Leaving:
        given = _input(state, data, scope)
        track.note("ParallelStateStarted")
        paths = [_path(branch, given, scope, walk) for branch in state["Branches"]]
        results = Branches(paths, track, at_once=len(paths)).outputs()
        track.aside("ParallelStateSucceeded")
        if scope.is_jsonata(state):
            return jsonata_fields.leave_state(state, data, scope, result=results)
        return jsonpath_fields.leave(state, data, results, scope)

    return recovered(state, data, scope, track, attempt, on_failure="ParallelStateFailed")


def _path(branch: State, given: Any, scope: Scope, walk: Walk) -> Path:
    inner = scope.inner()
    return lambda track: walk(branch, given, inner, track)


def _input(state: State, data: Any, scope: Scope) -> Any:
    if not scope.is_jsonata(state):
        return jsonpath_fields.effective(state, data, scope)
    return jsonata_fields.field(state.get("Arguments", data), "Arguments", {"input": data}, scope)
