"""The walk of an execution from state to state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from greenlight.rehearsal.cloud.stepfunctions import map_items, parallel, task
from greenlight.rehearsal.cloud.stepfunctions.choice import choose
from greenlight.rehearsal.cloud.stepfunctions.errors import DATA_LIMIT, RUNTIME, EvaluationError, FatalError, too_much
from greenlight.rehearsal.cloud.stepfunctions.execution import MOST_DATA_BYTES
from greenlight.rehearsal.cloud.stepfunctions.history import MOST_EVENTS, encoded, payload
from greenlight.rehearsal.cloud.stepfunctions.plain import fail, leave_pass, succeed, wait
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State
from greenlight.rehearsal.cloud.stepfunctions.track import Track

RETRIED = frozenset({"Task", "Parallel", "Map"})


class Place(NamedTuple):
    """Where a redrive goes on: a state of the machine itself, what it was given, and the variables then.

    `entered_id` and `entered_at` are the event and the moment of its entering, 0 and empty as long as it was not.
    """

    state: str
    data: Any
    variables: Mapping[str, Any]
    entered_id: int = 0
    entered_at: str = ""


Passed = Callable[[Place], object]
"""Told of every state of the machine before it is entered, and once it is."""


def walk(track: Track, passed: Passed = lambda _place: None) -> Any:
    """Go through the machine of an execution and return its output.

    Raises:
        StateError: a state failed and nothing caught it.
        EndedError: the execution was ended from outside.
    """
    scope = Scope.of(track.execution)
    definition = track.execution.definition
    return go(definition, scope.context["Execution"]["Input"], scope, track, passed)


def resume(track: Track, place: Place, passed: Passed) -> Any:
    """Go on in the state where an execution ended, as recorded without entering it a second time."""
    scope = Scope.of(track.execution)
    scope.variables.update(place.variables)
    states = track.execution.definition["States"]
    data, following = _step(states[place.state], place, scope, track, passed)
    return go({"StartAt": following, "States": states}, data, scope, track, passed)


def go(machine: Mapping[str, Any], data: Any, scope: Scope, track: Track, passed: Passed = lambda _place: None) -> Any:
    """Go from state to state, from StartAt of a machine or of a branch."""
    name: str | None = machine["StartAt"]
    while name is not None and track.execution.is_running:
        if len(track.execution.record["events"]) >= MOST_EVENTS - 2:
            cause = f"The execution reached the maximum number of history events ({MOST_EVENTS})."
            raise FatalError(RUNTIME, cause)
        data, name = _step(machine["States"][name], Place(name, data, dict(scope.variables)), scope, track, passed)
    return data


def _step(state: State, place: Place, scope: Scope, track: Track, passed: Passed) -> tuple[Any, str | None]:
    kind, name = state["Type"], place.state
    passed(place)
    scope.enter(name, retries=kind in RETRIED)
    if place.entered_id:
        scope.context["State"]["EnteredTime"] = place.entered_at
        track.enter_again(kind, name, place.entered_id)
    else:
        track.enter(kind, name, place.data)
        passed(place._replace(entered_id=track.entered_id, entered_at=scope.context["State"]["EnteredTime"]))
    try:
        leaving = _perform(kind, state, place.data, scope, track)
    except EvaluationError as error:
        track.record(error)
        raise
    output = encoded(leaving.output)
    if len(output.encode()) > MOST_DATA_BYTES:
        raise FatalError(DATA_LIMIT, too_much(name))
    track.note(f"{kind}StateExited", {"name": name, **payload("output", output), **_assigned(leaving.assigned)})
    scope.variables.update(leaving.assigned)
    return leaving.output, leaving.following


def _perform(kind: str, state: State, data: Any, scope: Scope, track: Track) -> Leaving:
    if kind == "Task":
        return task.perform(state, data, scope, track)
    if kind == "Parallel":
        return parallel.perform(state, data, scope, track, go)
    if kind == "Map":
        return map_items.perform(state, data, scope, track, go)
    plain = {"Pass": leave_pass, "Choice": choose, "Wait": wait, "Succeed": succeed, "Fail": fail}
    return plain[kind](state, data, scope)


def _assigned(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that a state set, as the history shows them."""
    if not variables:
        return {}
    shown = {name: encoded(value) for name, value in variables.items()}
    return {"assignedVariables": shown, "assignedVariablesDetails": {"truncated": False}}
