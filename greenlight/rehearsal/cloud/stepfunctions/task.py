"""A Task state: its attempts, each with the events that AWS writes for its kind of resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_region, new_uuid
from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import callbacks, jsonata_fields, jsonpath_fields
from greenlight.rehearsal.cloud.stepfunctions.errors import DATA_LIMIT, TIMEOUT, StateError, too_much
from greenlight.rehearsal.cloud.stepfunctions.execution import MOST_DATA_BYTES
from greenlight.rehearsal.cloud.stepfunctions.history import encoded, failure, payload
from greenlight.rehearsal.cloud.stepfunctions.recovery import recovered
from greenlight.rehearsal.cloud.stepfunctions.scope import Leaving, Scope, State
from greenlight.rehearsal.cloud.stepfunctions.track import Track

REQUIRED = ("_invoke_resource", "_invoke_resource_with_timeout")
"""The names of ministack's stepfunctions module that this module uses."""

_INTEGRATION = "arn:aws:states:::"
LAMBDA_INVOKE = f"{_INTEGRATION}lambda:invoke"


@dataclass(frozen=True)
class Resource:
    """What a task calls: an integration, a function by its own ARN, or an activity."""

    arn: str

    @property
    def family(self) -> str:
        """How the names of its events begin."""
        if ":activity:" in self.arn:
            return "Activity"
        return "LambdaFunction" if ":function:" in self.arn else "Task"

    @property
    def named(self) -> dict[str, str]:
        """`lambda` and `invoke` for arn:aws:states:::lambda:invoke. Only an integration has them in every event."""
        if self.family != "Task":
            return {}
        service, _, action = self.arn.removeprefix(_INTEGRATION).rpartition(":")
        return {"resourceType": service, "resource": action}

    def scheduled(self, arguments: Any, limits: Mapping[str, Any]) -> dict[str, Any]:
        """The details of the first event."""
        if self.family == "Task":
            return {**self.named, "region": get_region(), "parameters": encoded(arguments), **limits}
        return {**payload("input", encoded(arguments)), "resource": self.arn, **limits}

    def completed(self, result: Any) -> Any:
        """The members that Step Functions adds to what ministack has from an invocation."""
        if not self.arn.startswith(LAMBDA_INVOKE) or not isinstance(result, dict):
            return result
        request = {"SdkHttpMetadata": {"HttpStatusCode": 200}, "SdkResponseMetadata": {"RequestId": new_uuid()}}
        return {"ExecutedVersion": "$LATEST", "Payload": None, **request, **result}

    @property
    def is_callback(self) -> bool:
        """Whether it waits for its token to come back."""
        return self.arn.endswith(".waitForTaskToken")


def perform(state: State, data: Any, scope: Scope, track: Track) -> Leaving:
    """Attempt the task, with its Retry and Catch."""
    return recovered(state, data, scope, track, lambda: _attempt(state, data, scope, track))


def _attempt(state: State, data: Any, scope: Scope, track: Track) -> Leaving:
    resource = Resource(state["Resource"])
    if resource.is_callback:
        scope.context["Task"] = {"Token": new_uuid()}
    arguments = _arguments(state, data, scope)
    limits = _limits(state, data, scope)
    result = _called(resource, arguments, limits, scope, track)
    if scope.is_jsonata(state):
        return jsonata_fields.leave_state(state, data, scope, result=result)
    return jsonpath_fields.leave(state, data, result, scope)


def _arguments(state: State, data: Any, scope: Scope) -> Any:
    if not scope.is_jsonata(state):
        return jsonpath_fields.effective(state, data, scope)
    return jsonata_fields.field(state.get("Arguments", data), "Arguments", {"input": data}, scope)


def _limits(state: State, data: Any, scope: Scope) -> dict[str, Any]:
    """TimeoutSeconds and HeartbeatSeconds, as the events name them."""
    found = {}
    for name, told in (("TimeoutSeconds", "timeoutInSeconds"), ("HeartbeatSeconds", "heartbeatInSeconds")):
        if not scope.is_jsonata(state):
            found[told] = jsonpath_fields.number(state, name, data, scope)
        elif name in state:
            found[told] = jsonata_fields.typed(state, name, "number", {"input": data}, scope)
    return {told: seconds for told, seconds in found.items() if seconds is not None}


def _called(resource: Resource, arguments: Any, limits: Mapping[str, Any], scope: Scope, track: Track) -> Any:
    family, named = resource.family, resource.named
    track.note(f"{family}Scheduled", resource.scheduled(arguments, limits))
    track.note(f"{family}Started", named if named else None)
    try:
        result = _result(resource, arguments, limits, scope, track)
        output = encoded(result)
        if len(output.encode()) > MOST_DATA_BYTES:
            raise StateError(DATA_LIMIT, too_much(named.get("resourceType", resource.arn)))
    except StateError as error:
        kind = "TimedOut" if error.error == TIMEOUT else "Failed"
        track.note(f"{family}{kind}", {**named, **failure(error.error, error.cause)})
        raise
    track.note(f"{family}Succeeded", {**named, **payload("output", output)})
    return result


def _result(resource: Resource, arguments: Any, limits: Mapping[str, Any], scope: Scope, track: Track) -> Any:
    if resource.is_callback:
        return callbacks.called_back(resource.arn, arguments, scope.context["Task"]["Token"], limits, track)
    seconds = limits.get("timeoutInSeconds")
    if seconds is None or resource.family == "Activity":
        return resource.completed(stepfunctions._invoke_resource(resource.arn, arguments))
    try:
        return resource.completed(stepfunctions._invoke_resource_with_timeout(resource.arn, arguments, seconds))
    except StateError as error:
        if error.error == TIMEOUT:
            error.cause = None
        raise
