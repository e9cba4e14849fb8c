"""The resources of a stack as its calls list them: by name, and those of a stack that is gone too.

Recorded in radkawar/stackd, testdata/aws/cloudformation/lifecycle.json: create-resources, deleted-main-resources,
deleted-rollback-resources. ministack forgets a resource when it is deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Action = Callable[[Params], Answer]

_OVER = frozenset({"DELETE_COMPLETE", "ROLLBACK_COMPLETE"})


def complete(act: Action) -> Action:
    """Around a call that reads the resources of a stack; nothing else happens to the stack meanwhile."""

    def act_on_all(params: Params) -> Answer:
        stack = handlers._resolve_stack(str(handlers._p(params, "StackName")))
        if stack is None:
            return act(params)
        kept = stack.get("_resources", {})
        stack["_resources"] = dict(sorted({**_gone(stack), **kept}.items()))
        try:
            return act(params)
        finally:
            stack["_resources"] = kept

    return act_on_all


def _gone(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    if stack.get("StackStatus") not in _OVER:
        return {}
    events = cloudformation._stack_events.get(stack["StackId"], [])
    return {event["LogicalResourceId"]: event for event in events if event["LogicalResourceId"] != stack["StackName"]}
