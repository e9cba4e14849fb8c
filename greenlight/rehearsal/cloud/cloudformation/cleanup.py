"""The end of an update: what was removed or replaced is deleted after everything else is in place, and is told.

ministack deletes it without an event, while the stack is still UPDATE_IN_PROGRESS. CloudFormation has a status of its
own for it (recorded in localstack, test_change_set_ref.snapshot.json and test_replacement.snapshot.json).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation

from greenlight.rehearsal.cloud.cloudformation.quiet_events import AddEvent

CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
STACK = "AWS::CloudFormation::Stack"


def begin(add_event: AddEvent, stack_name: str, stack_id: str) -> None:
    """An update has its outputs: from now on it can only succeed."""
    stack = cloudformation._stacks.get(stack_name) or {}
    if stack.get("StackStatus") == "UPDATE_IN_PROGRESS":
        stack["StackStatus"] = CLEANUP
        add_event(stack_id, stack_name, stack_name, STACK, CLEANUP, "", stack_id)


def told(add_event: AddEvent, delete: Callable[..., Any]) -> Callable[..., Any]:
    """Around the deletion of one resource."""

    def delete_resource(resource_type: str, physical_id: str, props: Any, stack_name: str, logical_id: str) -> Any:
        stack = cloudformation._stacks.get(stack_name) or {}
        if stack.get("StackStatus") != CLEANUP:
            return delete(resource_type, physical_id, props, stack_name, logical_id)
        about = (stack["StackId"], stack_name, logical_id, resource_type)
        add_event(*about, "DELETE_IN_PROGRESS", "", physical_id)
        result = delete(resource_type, physical_id, props, stack_name, logical_id)
        add_event(*about, "DELETE_COMPLETE", "", physical_id)
        return result

    return delete_resource
