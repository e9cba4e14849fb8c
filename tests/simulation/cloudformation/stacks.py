"""CloudFormation: all stacks, and what people and the CDK ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.simulation.cloudformation.requests import Mailbox, Request
from tests.simulation.cloudformation.stack import Stack
from tests.simulation.cloudformation.template import ACCOUNT, REGION, Template
from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel, Process

GONE = "DELETE_COMPLETE"
UPDATABLE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
CREATABLE = frozenset({"", GONE})
UNDELETABLE = frozenset(
    {
        "ROLLBACK_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        GONE,
    }
)
"""A creation can be deleted while it runs, an update cannot: "Stack [..] cannot be deleted while in status ..."."""


@dataclass
class Stacks:
    """CloudFormation of one account.

    Attributes:
        lag: seconds from an answer to what CloudFormation does about it.
        stale: by the number of a description, from 1, how many seconds old it is; `stale_seconds` is for all others.
    """

    kernel: Kernel
    invoke: Callable[[str, Any], object]
    lag: float = 0.0
    stale_seconds: float = 0.0
    stale: dict[int, float] = field(default_factory=dict)
    all: dict[str, Stack] = field(default_factory=dict)
    descriptions: int = 0

    def __post_init__(self) -> None:
        self.mailbox = Mailbox(self.kernel, self.invoke)

    @property
    def requests(self) -> list[Request]:
        """Every request that was sent to a custom resource, with all answers."""
        return self.mailbox.requests

    def deploy(self, name: str, template: Template) -> Process | None:
        """Create or update a stack, and return its process; None when nothing has changed.

        Raises:
            AwsError: ValidationError, the stack's status forbids it.
        """
        stack = self.all.get(name)
        if stack is None or stack.status in CREATABLE:
            stack = self.add(name)
            return stack.begin("CREATE_IN_PROGRESS", partial(stack.create, template))
        if stack.status not in UPDATABLE:
            raise _refused(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        if {key: one.sent for key, one in stack.template.items()} == {key: one.sent for key, one in template.items()}:
            return None
        return stack.begin("UPDATE_IN_PROGRESS", partial(stack.update, template))

    def cancel(self, name: str) -> None:
        """CancelUpdateStack: what was begun is changed back.

        Raises:
            AwsError: ValidationError, no update is under way.
        """
        stack = self._found(name)
        if stack.status != "UPDATE_IN_PROGRESS":
            raise _refused(f"CancelUpdateStack cannot be called from current stack status {stack.status}")
        stack.halt("UPDATE_ROLLBACK_IN_PROGRESS")

    def delete(self, name: str) -> Process | None:
        """DeleteStack. A creation that is under way is broken off.

        Raises:
            AwsError: ValidationError, the stack's status forbids it.
        """
        stack = self._found(name)
        if stack.status in UNDELETABLE:
            raise _refused(f"Stack [{stack.id}] cannot be deleted while in status {stack.status}")
        if stack.status == "CREATE_IN_PROGRESS":
            stack.halt("DELETE_IN_PROGRESS", stack.delete)
            return stack.process
        return None if stack.status == "DELETE_IN_PROGRESS" else stack.begin("DELETE_IN_PROGRESS", stack.delete)

    def continue_rollback(self, name: str, skip: Collection[str] = ()) -> Process:
        """ContinueUpdateRollback, with ResourcesToSkip.

        Raises:
            AwsError: ValidationError, no rollback has failed.
        """
        stack = self._found(name)
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise _refused(f"Stack:{stack.id} is in {stack.status} state and can not continue rollback.")
        return stack.begin("UPDATE_ROLLBACK_IN_PROGRESS", partial(stack.continue_rollback, tuple(skip)))

    def describe(self, name: str) -> dict[str, Any]:
        """One stack of DescribeStacks, possibly as it was some seconds ago. A deleted one is found by its id alone.

        Raises:
            AwsError: ValidationError, there is no such stack.
        """
        self.descriptions += 1
        stack = self._found(name)
        if stack.status == GONE and name != stack.id:
            raise _unknown(name)
        seen = self.kernel.time - self.stale.get(self.descriptions, self.stale_seconds)
        created, first = stack.history[0]
        status = next((status for time, status in reversed(stack.history) if time <= seen), first)
        updated = [time for time, status in stack.history if status == "UPDATE_IN_PROGRESS" and time <= seen]
        known = {"StackId": stack.id, "StackName": stack.name, "StackStatus": status, "CreationTime": created}
        return {**known, "LastUpdatedTime": updated[-1]} if updated else known

    def answered(self, request_id: str, answer: Mapping[str, Any]) -> None:
        """Take an answer that was put to a ResponseURL (`cloud.web.on_answer`)."""
        self.mailbox.answered(request_id, answer)

    def add(self, name: str) -> Stack:
        """A stack that nothing was done with yet."""
        number = self.kernel.random.getrandbits(32)
        stack_id = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/{number:08x}-0000-11f0-8000-000000000000"
        self.all[name] = Stack(self.kernel, self.mailbox, name, stack_id, self.lag)
        return self.all[name]

    def _found(self, name: str) -> Stack:
        for stack in self.all.values():
            if name in (stack.name, stack.id):
                return stack
        raise _unknown(name)


def _refused(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def _unknown(name: str) -> AwsError:
    return _refused(f"Stack with id {name} does not exist")
