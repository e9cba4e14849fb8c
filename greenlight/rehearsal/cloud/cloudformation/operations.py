"""The OperationId of stack events: which create, update, delete or rollback an event belongs to.

The CDK CLI tells by it why a deployment failed. Without it, every failure that a stack ever had would be named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudformation

AddEvent = Callable[..., None]
Answer = tuple[int, dict[str, str], bytes]

_BY_A_USER = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"})
_BEGINS = _BY_A_USER | {"REVIEW_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"}
_EVENT_ID = re.compile(rb"<EventId>([^<]+)</EventId>")


class Operations:
    """Gives every event the operation that its stack is in."""

    def __init__(self) -> None:
        self._current: dict[str, str] = {}
        self._of_event: dict[str, str] = {}

    def around(self, add_event: AddEvent) -> AddEvent:
        """Around the writing of events. A rollback is an operation of its own."""

        def add(
            stack_id: str,
            stack_name: str,
            logical_id: str,
            resource_type: str,
            status: str,
            reason: str = "",
            *rest: Any,
        ) -> None:
            if logical_id == stack_name and status in _BEGINS:
                self._current[stack_id] = new_uuid()
                reason = reason or ("User Initiated" if status in _BY_A_USER else "")
            add_event(stack_id, stack_name, logical_id, resource_type, status, reason, *rest)
            event = cloudformation._stack_events[stack_id][-1]
            self._of_event[event["EventId"]] = self._current.get(stack_id, "")

        return add

    def shown(self, describe_stack_events: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
        """DescribeStackEvents, with the operation of each event."""

        def describe(params: dict[str, Any]) -> Answer:
            status, headers, body = describe_stack_events(params)
            return status, headers, _EVENT_ID.sub(self._with_operation, body)

        return describe

    def _with_operation(self, found: re.Match[bytes]) -> bytes:
        operation = self._of_event.get(found[1].decode(), "")
        return found[0] + (f"<OperationId>{operation}</OperationId>".encode() if operation else b"")
