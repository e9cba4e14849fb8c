"""One stack: what it does to its resources for a creation, an update, a rollback and a deletion, and its status."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from tests.simulation.cloudformation.jobs import (
    CREATE,
    DELETE,
    UPDATE,
    Asked,
    Change,
    Deployed,
    Ended,
    Job,
    Made,
)
from tests.simulation.cloudformation.requests import Mailbox
from tests.simulation.cloudformation.template import CustomResource, OwnResource, Properties, Template
from tests.simulation.cloudformation.work import Work
from tests.simulation.kernel import Kernel, Process

DELETIONS_IN_CLEANUP = 3
"""How often CloudFormation tries to delete what an update no longer needs, before it leaves it behind."""


class Stack:
    """A stack. Each operation runs as a process of the kernel; `lag` is what CloudFormation takes to act, in seconds.

    Attributes:
        history: every status with its moment.
        reason: why the last operation did not go forward.
    """

    def __init__(self, kernel: Kernel, mailbox: Mailbox, name: str, stack_id: str, lag: float) -> None:
        self.kernel, self.mailbox, self.name, self.id, self.lag = kernel, mailbox, name, stack_id, lag
        self.status, self.reason = "", ""
        self.history: list[tuple[float, str]] = []
        self.resources: dict[str, Deployed] = {}
        self.process: Process | None = None
        self._halted: Callable[[], None] | None = None
        self._stuck: list[Change] = []

    @property
    def template(self) -> Template:
        """What is deployed."""
        return {name: deployed.resource for name, deployed in self.resources.items()}

    def begin(self, status: str, operation: Callable[[], None]) -> Process:
        """Take on a status, and run an operation of this stack."""
        self._halted, self.reason = None, ""
        self._enter(status)
        self.process = self.kernel.spawn(f"stack {self.name}", operation)
        return self.process

    def halt(self, status: str, and_then: Callable[[], None] = lambda: None) -> None:
        """Take on a status, break off what is under way, and do something else."""
        self._enter(status)
        self._halted = and_then
        self._wake()

    def create(self, template: Template) -> None:
        """Create everything; what was begun is deleted again when something fails."""
        work = self._work([Change(CREATE, name, resource) for name, resource in template.items()])
        self._run(work)
        if self._halted is not None:
            self._halted()
        elif work.failed:
            self.undo_creation(work.failed[0][1])
        else:
            self._enter("CREATE_COMPLETE")

    def undo_creation(self, reason: str) -> None:
        """Delete what a creation has begun."""
        self._enter("ROLLBACK_IN_PROGRESS", reason)
        self._enter("ROLLBACK_FAILED" if self._delete_all() else "ROLLBACK_COMPLETE")

    def update(self, template: Template) -> None:
        """Change what differs; everything that was begun is changed back when something fails."""
        before = dict(self.resources)
        work = self._work(self._changes(template))
        self._run(work)
        if work.failed or self._halted is not None:
            if self._halted is None:
                self._enter("UPDATE_ROLLBACK_IN_PROGRESS", work.failed[0][1])
            self._roll_back(_undoing(work.begun, before, self.resources))
            return
        self._enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        gone = [before[name] for name in before if name not in template]
        replaced = [old for name, old in before.items() if name in template and self._is_replaced(name, old)]
        self._clean_up(before, [*gone, *replaced])
        for name in before.keys() - template.keys():
            self.resources.pop(name, None)
        self._enter("UPDATE_COMPLETE")

    def continue_rollback(self, skip: Collection[str]) -> None:
        """ContinueUpdateRollback: send again what failed. What is skipped counts as changed back."""
        for change in self._stuck:
            if change.logical_id in skip and change.kind == UPDATE:
                self.resources[change.logical_id].resource = change.resource
        self._roll_back([change for change in self._stuck if change.logical_id not in skip])

    def delete(self) -> None:
        """Delete everything."""
        self._halted = None
        failed = self._delete_all()
        self._enter("DELETE_FAILED" if failed else "DELETE_COMPLETE", failed)

    def _changes(self, template: Template) -> list[Change]:
        changes = []
        for name, resource in template.items():
            before = self.resources.get(name)
            if before is None:
                changes.append(Change(CREATE, name, resource))
            elif before.resource.sent != resource.sent:
                changes.append(Change(UPDATE, name, resource, before))
        return changes

    def _roll_back(self, changes: Sequence[Change]) -> None:
        """Change back what was updated, then delete what was created."""
        self._halted = None
        work = self._work([change for change in changes if change.kind == UPDATE])
        self._run(work, all_of_it=True)
        created = [change for change in changes if change.kind == DELETE]
        if work.failed:
            self._stuck = [*(change for change, _ in work.failed), *created]
            self._enter("UPDATE_ROLLBACK_FAILED", work.failed[0][1])
            return
        self._enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        self._stuck = []
        for change in created:
            self._delete_with_patience(change)
        self._enter("UPDATE_ROLLBACK_COMPLETE")

    def _clean_up(self, before: dict[str, Deployed], unneeded: list[Deployed]) -> None:
        for name, old in before.items():
            if any(old is one for one in unneeded):
                self._delete_with_patience(Change(DELETE, name, old.resource, old))

    def _delete_with_patience(self, change: Change) -> None:
        for _ in range(DELETIONS_IN_CLEANUP):
            work = self._work([change])
            self._run(work)
            if not work.failed:
                return

    def _delete_all(self) -> str:
        """Return why something could not be deleted, or ""."""
        deployed = self.resources.items()
        work = self._work([Change(DELETE, name, one.resource, one) for name, one in deployed])
        self._run(work, all_of_it=True)
        return work.failed[0][1] if work.failed else ""

    def _work(self, changes: Sequence[Change]) -> Work:
        return Work(self.kernel, changes, self._begin_change, self._finish_change)

    def _run(self, work: Work, *, all_of_it: bool = False) -> None:
        work.run(halt=lambda: self._halted is not None, all_of_it=all_of_it)

    def _begin_change(self, change: Change) -> Job:
        resource = change.resource
        if change.kind == CREATE:
            invented = f"{self.name}-{change.logical_id}-{self.kernel.random.getrandbits(32):08X}"
            self.resources[change.logical_id] = Deployed(resource, invented)
        if isinstance(resource, OwnResource):
            fails = "" if change.back or change.kind == DELETE else resource.fails
            return Made(change, self.kernel.time + resource.seconds, fails)
        request = self.mailbox.send(resource.function, self._event(change, resource), self._wake)
        return Asked(request, self.kernel.time + resource.timeout, self.lag)

    def _event(self, change: Change, resource: CustomResource) -> Properties:
        event = {
            "RequestType": change.kind,
            "StackId": self.id,
            "LogicalResourceId": change.logical_id,
            "ResourceType": resource.type,
            "ResourceProperties": resource.sent,
            "ServiceToken": resource.sent["ServiceToken"],
        }
        if change.before is not None:
            event["PhysicalResourceId"] = change.before.physical_id
            if change.kind == UPDATE:
                event["OldResourceProperties"] = change.before.resource.sent
        return event

    def _finish_change(self, change: Change, ended: Ended) -> None:
        name, before = change.logical_id, change.before
        if change.kind == DELETE:
            if not ended.reason and self.resources.get(name) is before:
                self.resources.pop(name, None)
        elif not ended.reason:
            known = before or self.resources[name]
            self.resources[name] = Deployed(change.resource, ended.physical_id or known.physical_id, ended.data)
        elif change.kind == CREATE and ended.physical_id:
            self.resources[name].physical_id = ended.physical_id

    def _is_replaced(self, name: str, old: Deployed) -> bool:
        return self.resources[name].physical_id != old.physical_id

    def _enter(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason or self.reason
        self.history.append((self.kernel.time, status))
        self.kernel.note("stack", self.name, status, reason)

    def _wake(self) -> None:
        if self.process is not None and self.process is not self.kernel.current:
            self.kernel.wake(self.process)


def _undoing(begun: Sequence[Change], before: dict[str, Deployed], now: dict[str, Deployed]) -> list[Change]:
    """What undoes an update: an Update with the old properties, which names the new ones as old; a Delete."""
    undoing = []
    for change in begun:
        name = change.logical_id
        if change.before is None:
            undoing.append(Change(DELETE, name, change.resource, now[name], back=True))
        else:
            attempted = replace(now[name], resource=change.resource)
            undoing.append(Change(UPDATE, name, before[name].resource, attempted, back=True))
    return undoing
