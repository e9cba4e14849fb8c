"""The rehearsal's Step Functions, one machine in this process: ministack's states, our walk, and a scripted world."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import retry, scope
from greenlight.rehearsal.cloud.stepfunctions.execution import Execution
from greenlight.rehearsal.cloud.stepfunctions.track import Track
from greenlight.rehearsal.cloud.stepfunctions.walk import walk
from tests.simulation.states.errors import TaskError
from tests.simulation.states.machine import Around, iso

MACHINE = {"stateMachineArn": "machine", "name": "machine", "roleArn": "role"}


def prepare(patch: pytest.MonkeyPatch) -> None:
    """Put in place what the adapter installs in the cloud's own process. Each expression is parsed once, for speed;
    the library counts an expression's time limit from its parsing, so the limit goes.
    """
    patch.setattr(stepfunctions, "_error_matches", retry.matches)
    library = stepfunctions.jsonata.Jsonata
    read = cache(library.jsonata)
    patch.setattr(library, "jsonata", staticmethod(lambda text, **_limits: read(text)))


def run(
    patch: pytest.MonkeyPatch, definition: Mapping[str, Any], data: object, around: Around
) -> tuple[list[dict[str, Any]], tuple[str, Any, Any]]:
    """Run a machine; return its history, and (status, output or error, cause)."""
    events: list[dict[str, Any]] = []
    record = {
        "executionArn": "run",
        "name": "run",
        "status": "RUNNING",
        "startDate": iso(around.now()),
        "input": json.dumps(data),
        "events": events,
    }
    _surround(patch, around)
    try:
        output = walk(Track(Execution(record, MACHINE, definition)))
    except stepfunctions._ExecutionError as error:
        return events, ("FAILED", error.error, error.cause)
    return events, ("SUCCEEDED", output, None)


def _surround(patch: pytest.MonkeyPatch, around: Around) -> None:
    def call(function: str, payload: Any, seconds: float = float("inf")) -> Any:
        try:
            return json.loads(json.dumps(around.invoke(function, json.loads(json.dumps(payload)), seconds)))
        except TaskError as error:
            raise stepfunctions._ExecutionError(error.error, error.cause) from error

    def call_in_time(_resource: str, arguments: Mapping[str, Any], seconds: float) -> Any:
        return {"StatusCode": 200, "Payload": call(arguments["FunctionName"], arguments["Payload"], seconds)}

    patch.setattr(stepfunctions, "_call_lambda", call)
    patch.setattr(stepfunctions, "_invoke_resource_with_timeout", call_in_time)
    patch.setattr(stepfunctions, "_scaled_sleep", around.sleep)
    patch.setattr(
        stepfunctions,
        "_find_matching_retrier",
        lambda rules, error, counts: retry.find_retrier(rules, error, counts, around.draw),
    )
    patch.setattr(scope, "now_iso", lambda: iso(around.now()))
