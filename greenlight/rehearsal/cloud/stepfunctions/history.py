"""The history of an execution: its events, as GetExecutionHistory shows them.

The shapes are AWS's, as recorded in localstack/localstack, tests/aws/services/stepfunctions/v2/**/*.snapshot.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

TERMINAL = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"})
MOST_EVENTS = 25_000
"""Step Functions ends an execution that has more."""

Event = dict[str, Any]
Details = Mapping[str, Any]


def ended(events: list[Event]) -> bool:
    """Whether nothing may follow any more."""
    return bool(events) and events[-1]["type"] in TERMINAL


def append(events: list[Event], kind: str, details: Details | None, timestamp: str, previous: int) -> int:
    """Add an event and return its id. `details` is None for a kind that has none."""
    number = len(events) + 1
    event: Event = {"id": number, "previousEventId": previous, "type": kind, "timestamp": timestamp}
    if details is not None:
        event[details_name(kind)] = dict(details)
    events.append(event)
    return number


def details_name(kind: str) -> str:
    """The member that holds the details: one for all kinds of state, else the kind's own."""
    for moment in ("StateEntered", "StateExited"):
        if kind.endswith(moment):
            return f"s{moment[1:]}EventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def payload(name: str, value: str) -> dict[str, Any]:
    """An input or an output, and that it is whole."""
    return {name: value, f"{name}Details": {"truncated": False}}


def encoded(value: Any) -> str:
    """Data as Step Functions writes it: without a space, every letter as itself."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def failure(error: str | None, cause: str | None) -> dict[str, str]:
    """What is known of a failure. A timeout has no cause."""
    known = {"error": error, "cause": cause}
    return {name: text for name, text in known.items() if text is not None}


def without_data(event: Event) -> Event:
    """An event for whoever asked without includeExecutionData."""
    hidden = {"input", "inputDetails", "output", "outputDetails", "parameters"}
    return {
        name: {key: item for key, item in value.items() if key not in hidden} if isinstance(value, dict) else value
        for name, value in event.items()
    }
