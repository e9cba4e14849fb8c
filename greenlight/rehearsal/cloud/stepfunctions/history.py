"""The history of an execution: from the events that ministack writes to those that GetExecutionHistory shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TERMINAL = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"})
MOST_EVENTS = 25_000
"""Step Functions ends an execution that has more."""

Event = dict[str, Any]
Entry = tuple[str, Mapping[str, Any]]

_OPTIMIZED = "arn:aws:states:::"


def ended(events: list[Event]) -> bool:
    """Whether nothing may follow any more."""
    return bool(events) and events[-1]["type"] in TERMINAL


def append(events: list[Event], kind: str, details: Mapping[str, Any] | None, timestamp: str) -> Event:
    """Add an event, or the several that AWS has in its place. Returns the last one."""
    for translated, its_details in translate(kind, details or {}):
        number = len(events) + 1
        event = {"id": number, "previousEventId": number - 1, "type": translated, "timestamp": timestamp}
        events.append(event | dict(its_details))
    return events[-1]


def translate(kind: str, details: Mapping[str, Any]) -> list[Entry]:
    """Name the integration as AWS does, tell a timeout from a failure, and say that a scheduled task started."""
    if not kind.startswith("Task") or kind.startswith("TaskState"):
        return [(kind, details)]
    ours: Mapping[str, Any] = next(iter(details.values()), {})
    if ":function:" in ours.get("resource", ""):
        return _lambda_function(kind, ours)
    integration = _integration(ours.get("resource", ""))
    if kind == "TaskFailed" and ours.get("error") == "States.Timeout":
        kind = "TaskTimedOut"
    entry = (kind, {_details_name(kind): {**ours, **integration}})
    return [entry, ("TaskStarted", {"taskStartedEventDetails": integration})] if kind == "TaskScheduled" else [entry]


def _lambda_function(kind: str, details: Mapping[str, Any]) -> list[Entry]:
    """A task whose resource is a function itself has events of its own kind."""
    names = {"resource", "output", "error", "cause"} if kind == "TaskScheduled" else {"output", "error", "cause"}
    kind = kind.replace("Task", "LambdaFunction", 1)
    if kind == "LambdaFunctionFailed" and details.get("error") == "States.Timeout":
        kind = "LambdaFunctionTimedOut"
    entry = (kind, {_details_name(kind): {name: value for name, value in details.items() if name in names}})
    return [entry, ("LambdaFunctionStarted", {})] if kind == "LambdaFunctionScheduled" else [entry]


def _integration(resource: str) -> dict[str, str]:
    """`lambda` and `invoke` for arn:aws:states:::lambda:invoke."""
    service, _, action = resource.removeprefix(_OPTIMIZED).rpartition(":")
    return {"resourceType": service, "resource": action}


def _details_name(kind: str) -> str:
    return f"{kind[0].lower()}{kind[1:]}EventDetails"
