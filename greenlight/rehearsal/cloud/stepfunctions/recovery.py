"""Retry and Catch of a Task, a Parallel or a Map state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import jsonata_fields, jsonpath_fields
from greenlight.rehearsal.cloud.stepfunctions.errors import (
    HEARTBEAT,
    EvaluationError,
    FatalError,
    HeartbeatError,
    StateError,
    is_beyond_recovery,
)
from greenlight.rehearsal.cloud.stepfunctions.retry import matches
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State
from greenlight.rehearsal.cloud.stepfunctions.track import Track

REQUIRED = ("_find_matching_retrier", "_scaled_sleep")
"""The names of ministack's stepfunctions module that this module uses; the adapter replaces both."""


def recovered(
    state: State, data: Any, scope: Scope, track: Track, attempt: Callable[[], Leaving], on_failure: str = ""
) -> Leaving:
    """Attempt until it works, or is retried no more; then leave by the catcher for its error.

    `on_failure` is the event of a state that failed for good, for those kinds that have one.

    Raises:
        StateError: nothing caught it.
    """
    counts: dict[int, int] = {}
    while True:
        scope.context["State"]["RetryCount"] = sum(counts.values())
        try:
            return attempt()
        except FatalError:
            raise
        except StateError as error:
            track.record(error)
            retrier, at = stepfunctions._find_matching_retrier(state.get("Retry", []), _kind(error), counts)
            if retrier is None:
                return _given_up(state, data, scope, track, error, on_failure)
            stepfunctions._scaled_sleep(retrier.get("IntervalSeconds", 1))
            counts[at] = counts.get(at, 0) + 1


def _given_up(state: State, data: Any, scope: Scope, track: Track, error: StateError, on_failure: str) -> Leaving:
    """Tell of the failure and leave by a catcher. As measured, one that cannot be worked out fails the state again."""
    stood = track.previous
    _tell(track, on_failure, error)
    try:
        return _caught(state, data, scope, error)
    except EvaluationError as worse:
        if worse is not error:
            track.previous = stood
            track.record(worse)
            _tell(track, on_failure, worse)
        raise


def _tell(track: Track, on_failure: str, error: StateError) -> None:
    if on_failure and not is_beyond_recovery(error):
        track.note(on_failure)


def _kind(error: Any) -> str:
    return HEARTBEAT if isinstance(error, HeartbeatError) else str(error.error)


def _caught(state: State, data: Any, scope: Scope, error: Any) -> Leaving:
    for at, catcher in enumerate(state.get("Catch", [])):
        if matches(catcher.get("ErrorEquals", ()), _kind(error)):
            return _leave(state, catcher, at, data, scope, {"Error": error.error or "", "Cause": error.cause or ""})
    raise error


def _leave(
    state: State, catcher: Mapping[str, Any], at: int, data: Any, scope: Scope, told: Mapping[str, Any]
) -> Leaving:
    if scope.is_jsonata(state):
        return jsonata_fields.leave(catcher, f"Catch[{at}]/", data, scope, catcher["Next"], errorOutput=told)
    output, assigned, _ = jsonpath_fields.leave(
        {"ResultPath": catcher.get("ResultPath", "$"), "Assign": catcher.get("Assign")}, data, told, scope
    )
    return Leaving(output, assigned, catcher["Next"])
