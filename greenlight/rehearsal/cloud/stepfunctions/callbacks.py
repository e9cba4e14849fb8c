"""Tasks that wait for their token (.waitForTaskToken): submitted, then handed back, or out of time or heartbeats."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from threading import Event
from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions.errors import TIMEOUT, HeartbeatError, StateError
from greenlight.rehearsal.cloud.stepfunctions.history import encoded, payload
from greenlight.rehearsal.cloud.stepfunctions.track import Track

REQUIRED = ("_task_tokens", "_invoke_resource")
"""The names of ministack's stepfunctions module that this module uses."""

_LOOK_SECONDS = 0.05


def called_back(resource: str, arguments: Any, token: str, limits: Mapping[str, Any], track: Track) -> Any:
    """Make the call, then wait until somebody hands the token back, and return what it was handed back with.

    Raises:
        StateError: the call failed, the task was reported as failed, or nothing was heard in time. As recorded, a
            missing heartbeat is States.Timeout too (localstack, test_heartbeats.snapshot.json).
    """
    answered = Event()
    record = {"event": answered, "result": None, "error": None, "heartbeat": None}
    stepfunctions._task_tokens[token] = record
    try:
        submitted = stepfunctions._invoke_resource(resource.removesuffix(".waitForTaskToken"), arguments)
        service, _, action = resource.removeprefix("arn:aws:states:::").rpartition(":")
        told = {"resourceType": service, "resource": action, **payload("output", encoded(submitted))}
        track.note("TaskSubmitted", told)
        _wait(record, answered, limits, track)
    finally:
        stepfunctions._task_tokens.pop(token, None)
    return _answer(record)


def _wait(record: Mapping[str, Any], answered: Event, limits: Mapping[str, Any], track: Track) -> None:
    begun = heard = time.monotonic()
    last_heartbeat = None
    while not answered.wait(_LOOK_SECONDS):
        now = time.monotonic()
        if record["heartbeat"] != last_heartbeat:
            heard, last_heartbeat = now, record["heartbeat"]
        if now - begun > limits.get("timeoutInSeconds", float("inf")):
            raise StateError(TIMEOUT, None)
        if now - heard > limits.get("heartbeatInSeconds", float("inf")):
            raise HeartbeatError
        track.execution.pause(0)


def _answer(record: Mapping[str, Any]) -> Any:
    error = record["error"]
    if error:
        raise StateError(error.get("Error"), error.get("Cause"))
    result = record["result"]
    return json.loads(result) if isinstance(result, str) else result
