"""What a stack event has beside ministack's members: its operation, its properties, an id that says what it is about.

The CDK CLI tells by the OperationId why a deployment failed. Without it, every failure that a stack ever had would be
named. Ids and properties are as recorded in localstack, test_stacks.snapshot.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from html import escape
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudformation

from greenlight.rehearsal.cloud.cloudformation.exports import CALLED_OFF

AddEvent = Callable[..., None]
Answer = tuple[int, dict[str, str], bytes]

_BY_A_USER = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"})
_BEGINS = _BY_A_USER | {"REVIEW_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"}
_BEGINS_TO_DELETE = frozenset({"ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"})
_EVENT_ID = re.compile(rb"<EventId>([^<]+)</EventId>")
_NO_REASON = b"<ResourceStatusReason></ResourceStatusReason>"
_FAILED = re.compile(r"Resource (\w+) failed: ")
_SECRET = re.compile(r"resolve:(secretsmanager|ssm-secure)|NoEcho")

NEVER_MADE = "_never_made"
"""The member of a stack that is the resource whose creation failed: its logical id and type.

A rollback has nothing to delete there, and is done with it at once (recorded in radkawar/stackd, lifecycle.json).
"""

_SYSTEM = "aws:cloudformation:"

Properties = Callable[[str, str], Any]
"""What a resource of a stack was last created or updated with."""


class Operations:
    """Gives every event the operation that its stack is in."""

    def __init__(self) -> None:
        self._current: dict[str, str] = {}
        self._of_event: dict[str, str] = {}
        self._ids: set[str] = set()
        self.properties: Properties = lambda _stack, _resource: None

    def around(self, add_event: AddEvent) -> AddEvent:
        """Around the writing of events. A rollback is an operation of its own; it says why an update was called off."""

        def add(
            stack_id: str,
            stack_name: str,
            logical_id: str,
            resource_type: str,
            status: str,
            reason: str = "",
            *rest: Any,
        ) -> None:
            stack = cloudformation._stacks.get(stack_name) or {}
            if logical_id == stack_name and CALLED_OFF in stack and stack["StackStatus"] == "UPDATE_IN_PROGRESS":
                return
            if logical_id == stack_name and status in _BEGINS:
                self._current[stack_id] = new_uuid()
                by_a_user = status in _BY_A_USER or status == "REVIEW_IN_PROGRESS"
                reason = reason or ("User Initiated" if by_a_user else "")
            if logical_id == stack_name:
                stack["StackStatusReason"] = reason = _worded(status, reason)
            add_event(stack_id, stack_name, logical_id, resource_type, status, reason, *rest)
            event = cloudformation._stack_events[stack_id][-1]
            if logical_id != stack_name:
                event["EventId"] = self._id(event)
                event["ResourceProperties"] = _shown(stack_name, self.properties(stack_name, logical_id))
            self._of_event[event["EventId"]] = self._extra(event)
            if logical_id == stack_name and status in _BEGINS_TO_DELETE and NEVER_MADE in stack:
                add(stack_id, stack_name, *stack.pop(NEVER_MADE), "DELETE_COMPLETE")

        return add

    def shown(self, describe_stack_events: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
        """DescribeStackEvents, with the operation of each event."""

        def describe(params: dict[str, Any]) -> Answer:
            status, headers, body = describe_stack_events(params)
            return status, headers, _EVENT_ID.sub(self._with_extra, body).replace(_NO_REASON, b"")

        return describe

    def _id(self, event: Mapping[str, Any]) -> str:
        """Such as Topic-CREATE_COMPLETE-2022-10-05T11:33:50.123Z; clients tell events apart by it, so it is unique."""
        moment = datetime.fromisoformat(event["Timestamp"].replace("Z", "+00:00"))
        while True:
            stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            found = f"{event['LogicalResourceId']}-{event['ResourceStatus']}-{stamp}"
            if f"{event['StackId']} {found}" not in self._ids:
                self._ids.add(f"{event['StackId']} {found}")
                return found
            moment += timedelta(milliseconds=1)

    def _extra(self, event: Mapping[str, Any]) -> str:
        extra = {
            "OperationId": self._current.get(event["StackId"]),
            "ResourceProperties": event.get("ResourceProperties"),
        }
        return "".join(f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in extra.items() if text)

    def _with_extra(self, found: re.Match[bytes]) -> bytes:
        return found[0] + self._of_event.get(found[1].decode(), "").encode()


def _worded(status: str, reason: str) -> str:
    """CloudFormation's words for the end of a stack's operation."""
    failed = _FAILED.match(reason)
    if failed and status.endswith("_FAILED"):
        return f"The following resource(s) failed to {status.split('_')[0].lower()}: [{failed[1]}]. "
    return "" if status == "ROLLBACK_COMPLETE" else reason


def _shown(stack_name: str, properties: Any) -> str:
    """Properties as JSON; nothing of a stack that has secrets, which CloudFormation shows unresolved."""
    body = (cloudformation._stacks.get(stack_name) or {}).get("_template_body", "")
    if properties is None or _SECRET.search(body):
        return ""
    own = {name: _own(value) if name == "Tags" else value for name, value in properties.items()}
    shown = {name: value for name, value in own.items() if name != "Tags" or value}
    return json.dumps(shown, separators=(",", ":"), default=str)


def _own(tags: Any) -> Any:
    """The tags of the template, without those that CloudFormation sets."""
    if isinstance(tags, Mapping):
        return {key: value for key, value in tags.items() if not str(key).startswith(_SYSTEM)}
    return [tag for tag in tags if not str(tag.get("Key", "")).startswith(_SYSTEM)] if isinstance(tags, list) else tags
