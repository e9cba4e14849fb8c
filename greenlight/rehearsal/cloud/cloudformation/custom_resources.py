"""Custom resources: the request to their function, the wait for one answer, and what a failed one leaves behind."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from greenlight.rehearsal.cloud.cloudformation.response import CustomResourceError, read

log = logging.getLogger(__name__)

REQUIRED = ("invoke_custom_resource", "deliver_response", "_response_url", "_normalise_resource_properties")
"""The names of ministack's custom_resource module that this module uses or replaces."""

LONGEST_SECONDS = 3600
"""How long CloudFormation waits when the resource says nothing else (ServiceTimeout)."""

Resource = tuple[str, dict[str, Any]]
"""The physical id and the attributes of a resource."""


@dataclass(frozen=True)
class Request:
    """One request that was sent, and the answers that came. CloudFormation acts on the first, if it still waits.

    `ended` is set when there is nothing to wait for any more: an answer has come, or the operation was interrupted.
    """

    event: Mapping[str, Any]
    answers: list[Mapping[str, Any]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def cancelled(self) -> str:
        """What a stack event says of a resource whose operation was interrupted."""
        return f"Resource {'creation' if self.event['RequestType'] == 'Create' else 'update'} cancelled"


@dataclass(frozen=True)
class FailedCreate:
    """What a Delete must be sent for, although nothing was created."""

    physical_id: str
    resource_type: str
    properties: dict[str, Any]


class CustomResources:
    """All requests of a run, so that a late or a second answer can be told from a first."""

    def __init__(self) -> None:
        self._requests: dict[str, Request] = {}
        self._given_up: set[str] = set()
        self.failed_creates: dict[tuple[str, str], FailedCreate] = {}

    def invoke(
        self,
        request_type: str,
        logical_id: str,
        props: dict[str, Any],
        stack_name: str,
        stack_id: str,
        resource_type: str,
        physical_id: str | None = None,
        old_props: dict[str, Any] | None = None,
    ) -> Resource:
        """Ask the function behind a custom resource, and wait for its answer. Called in a thread of its own.

        Raises:
            CustomResourceError: it answered FAILED, answered nonsense, did not answer in time, or was not waited for.
        """
        known = {"PhysicalResourceId": physical_id, "OldResourceProperties": _as_sent(old_props)}
        token = new_uuid()
        event = {
            "RequestType": request_type,
            "RequestId": new_uuid(),
            "StackId": stack_id,
            "ResponseURL": custom_resource._response_url(token),
            "ResourceType": resource_type,
            "LogicalResourceId": logical_id,
            "ResourceProperties": _as_sent(props),
            **{name: value for name, value in known.items() if value is not None},
        }
        request = Request(event)
        if request_type != "Delete" and stack_id in self._given_up:
            raise CustomResourceError(request.cancelled, physical_id or "")
        self._requests[token] = request
        try:
            return _ask(request, props, physical_id)
        except CustomResourceError as error:
            if request_type == "Create":
                invented = f"{stack_name}-{logical_id}-{new_uuid()[:8]}"
                failed = FailedCreate(error.physical_id or invented, resource_type, props)
                self.failed_creates[stack_name, logical_id] = failed
            raise

    def deliver(self, token: str, response: dict[str, Any]) -> bool:
        """Take an answer. Whether the URL is one of ours."""
        request = self._requests.get(token)
        if request is None:
            return False
        request.answers.append(response)
        if len(request.answers) > 1:
            log.warning("CloudFormation got answer %d to %s", len(request.answers), request.event["RequestId"])
        request.ended.set()
        return True

    def interrupt(self, stack_id: str, *, for_good: bool = False) -> None:
        """Wait no longer for answers about a stack. `for_good`: it will not even be asked for another resource."""
        if for_good:
            self._given_up.add(stack_id)
        for request in list(self._requests.values()):
            if request.event["StackId"] == stack_id:
                request.ended.set()

    def listing(self) -> list[dict[str, Any]]:
        """Every request with its answers, for whoever checks that there is exactly one."""
        names = ("RequestId", "RequestType", "StackId", "LogicalResourceId", "ResourceType")
        return [
            {name: request.event[name] for name in names} | {"answers": list(request.answers)}
            for request in list(self._requests.values())
        ]


def _ask(request: Request, props: Mapping[str, Any], physical_id: str | None) -> Resource:
    _send(props.get("ServiceToken", ""), dict(request.event))
    seconds = float(props.get("ServiceTimeout") or LONGEST_SECONDS)
    if not request.ended.wait(seconds):
        raise CustomResourceError(
            "CloudFormation did not receive a response from your Custom Resource. Please check your logs for"
            f" requestId [{request.event['RequestId']}]. It waited {seconds:g} seconds.",
            physical_id or "",
        )
    if not request.answers:
        raise CustomResourceError(request.cancelled, physical_id or "")
    answer = read(request.answers[0], request.event)
    return answer.physical_id, dict(answer.data)


def _send(service_token: str, event: dict[str, Any]) -> None:
    """An asynchronous invocation, as CloudFormation makes it: Lambda tries it again when the function raises."""
    func, config, name = lambda_svc._get_func_record_for_ref(service_token)
    if func is None or config is None:
        raise CustomResourceError(f"Function not found: {name} (the ServiceToken is {service_token!r})")
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), event)


def _as_sent(props: dict[str, Any] | None) -> Any:
    """CloudFormation sends numbers and booleans as text."""
    return None if props is None else custom_resource._normalise_resource_properties(props)
