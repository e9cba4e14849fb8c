"""What ends a stack operation early: the cancellation of an update, and the deletion of a stack that is being created.

CloudFormation does not wait for what a custom resource has not answered yet, ignores the answer when it comes, and
refuses whatever a stack's status does not allow. ministack notices a cancellation before the next resource only,
deletes a stack while it goes on creating it, and starts a second update beside the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from ministack.services.cloudformation import changesets, handlers, stacks

from greenlight.rehearsal.cloud.cloudformation.cleanup import STACK
from greenlight.rehearsal.cloud.cloudformation.custom_resources import CustomResources
from greenlight.rehearsal.cloud.cloudformation.exports import importers, refusal

REQUIRED = ("_deploy_stack_async", "_delete_stack_async", "CLIENT_REQUEST_TOKEN")
"""The names of ministack's stacks module that this module uses."""
REQUIRED_HANDLERS = (
    "_ACTION_HANDLERS",
    "_resolve_stack",
    "_error",
    "_xml",
    "_deploy_stack_async",
    "_delete_stack_async",
)
"""The names of ministack's handlers module that this module uses."""

_STUCK = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"})
"""Of these only a deletion leads on, of the last a continued rollback."""

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Action = Callable[[Params], Answer]
Operation = Callable[..., Coroutine[Any, Any, None]]


class Interruptions:
    """Knows which stacks are being deployed, and lets a cancellation or a deletion end their waits."""

    def __init__(self, resources: CustomResources) -> None:
        self._resources = resources
        self._deploying: dict[str, asyncio.Event] = {}
        self._deleted: set[str] = set()

    def install(self) -> None:
        """Put this into ministack's operations."""
        deploy, delete = self._noting(stacks._deploy_stack_async), self._deleting(stacks._delete_stack_async)
        for module in (stacks, handlers, changesets):
            module._deploy_stack_async = deploy
        for module in (stacks, handlers):
            module._delete_stack_async = delete
        actions = handlers._ACTION_HANDLERS
        actions["CancelUpdateStack"] = self._cancelling(actions["CancelUpdateStack"])
        actions["DeleteStack"] = _if_deletable(actions["DeleteStack"])
        for name in ("UpdateStack", "CreateChangeSet", "ExecuteChangeSet"):
            actions[name] = _if_idle(actions[name])

    def is_deleted(self, stack_id: str) -> bool:
        """Whether somebody asked for the deletion of a stack that was being created: nothing is rolled back then."""
        return stack_id in self._deleted

    def was_cancelled(self, stack: dict[str, Any]) -> bool:
        """Whether a rollback is due to a cancellation; asked once, it goes on under the cancellation's token."""
        if not stack.pop("_cancel_requested", False):
            return False
        stacks.CLIENT_REQUEST_TOKEN.set(stack.pop("_cancel_token", ""))
        return True

    def _noting(self, deploy: Operation) -> Operation:
        async def deploy_stack(stack_name: str, stack_id: str, *rest: Any, **options: Any) -> None:
            self._deploying[stack_id] = asyncio.Event()
            try:
                await deploy(stack_name, stack_id, *rest, **options)
            finally:
                self._deploying.pop(stack_id).set()

        return deploy_stack

    def _deleting(self, delete: Operation) -> Operation:
        """A creation that still runs is given up first; what it began is deleted with the rest."""

        async def delete_stack(stack_name: str, stack_id: str, *rest: Any, **options: Any) -> None:
            running = self._deploying.get(stack_id)
            if running is not None:
                self._deleted.add(stack_id)
                handlers._resolve_stack(stack_name)["StackStatus"] = "DELETE_IN_PROGRESS"
                self._resources.interrupt(stack_id, for_good=True)
                await running.wait()
            await delete(stack_name, stack_id, *rest, **options)

        return delete_stack

    def _cancelling(self, cancel: Action) -> Action:
        def cancel_update_stack(params: Params) -> Answer:
            answer = cancel(params)
            stack = handlers._resolve_stack(_name(params))
            if answer[0] == 200 and stack:
                self._resources.interrupt(stack["StackId"])
            return answer

        return cancel_update_stack


def _if_deletable(delete: Action) -> Action:
    """A stack that is being updated or rolled back after an update cannot be deleted; one that is created can."""

    def delete_stack(params: Params) -> Answer:
        stack = handlers._resolve_stack(_name(params)) or {}
        status = stack.get("StackStatus", "")
        if status.startswith("UPDATE") and status.endswith("IN_PROGRESS"):
            return _refused(f"Stack [{stack['StackId']}] cannot be deleted while in status {status}")
        used = next(_used(stack), None)
        if used and not stack.get("EnableTerminationProtection"):
            return _called_off(stack, used)
        return delete(params)

    return delete_stack


def _used(stack: dict[str, Any]) -> Iterator[str]:
    if stack.get("StackStatus") == "DELETE_COMPLETE":
        return
    for output in stack.get("Outputs") or []:
        users = importers(output["ExportName"], stack["StackName"]) if output.get("ExportName") else []
        if users:
            yield refusal("delete", output["ExportName"], users)


def _called_off(stack: dict[str, Any], reason: str) -> Answer:
    """As recorded, the request is accepted; then the stack has its status again, and an event says why."""
    name, status = stack["StackName"], stack["StackStatus"]
    for each, told in (("DELETE_IN_PROGRESS", ""), (status, f"Delete canceled. {reason}")):
        handlers._add_event(stack["StackId"], name, name, STACK, each, told, stack["StackId"])
    answer: Answer = handlers._xml(200, "DeleteStackResponse", "")
    return answer


def _if_idle(act: Action) -> Action:
    """One operation on a stack at a time."""

    def act_if_idle(params: Params) -> Answer:
        stack = handlers._resolve_stack(_name(params)) or {}
        status = stack.get("StackStatus", "")
        is_busy = status.endswith("IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
        if is_busy or status in _STUCK:
            return _refused(f"Stack:{stack['StackId']} is in {status} state and can not be updated.")
        return act(params)

    return act_if_idle


def _name(params: Params) -> str:
    """A parameter is a text on the JSON protocol, and a list of one on the query protocol."""
    value = params.get("StackName", "")
    return str(value[0] if isinstance(value, list) else value)


def _refused(message: str) -> Answer:
    answer: Answer = handlers._error("ValidationError", message)
    return answer
