"""The stack events of resources, as CloudFormation writes them.

ministack writes UPDATE_IN_PROGRESS before it compares a resource's properties, and UPDATE_COMPLETE after it found
nothing to do; it writes both for a resource that the update creates; and it writes nothing when the physical resource
is there. CloudFormation writes nothing for the first, CREATE for the second, and "Resource creation Initiated" for the
third (recorded in localstack, test_stacks.snapshot.json::test_list_events_after_deployment). An operator reads the
events to see what a release touches.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

AddEvent = Callable[..., None]
Update = Callable[..., Any]

INITIATED = "Resource creation Initiated"
REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."

_Key = tuple[str, str]
_BEGINNINGS = ("UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS")


@dataclass(frozen=True)
class Event:
    """One event, in the order in which ministack hands its members over."""

    stack_id: str
    stack_name: str
    logical_id: str
    resource_type: str
    status: str
    reason: str = ""
    physical_id: str = ""
    detailed_status: str = ""

    @property
    def key(self) -> _Key:
        """The resource."""
        return self.stack_name, self.logical_id

    @property
    def is_beginning(self) -> bool:
        """Whether it is the first of a resource in an operation, of which nothing is known yet."""
        bare = not self.reason and not self.physical_id and self.logical_id != self.stack_name
        return bare and self.status in _BEGINNINGS


class QuietEvents:
    """Holds the first event of a resource back until it is clear what becomes of it."""

    def __init__(self, add_event: AddEvent) -> None:
        self._add_event = add_event
        self._lock = threading.RLock()
        self._held: dict[_Key, Event] = {}
        self._untouched: set[_Key] = set()
        self._created: set[_Key] = set()
        self._replaced: set[_Key] = set()
        self._properties: dict[_Key, Any] = {}

    def add_event(self, *members: str, **more: str) -> None:
        """Write an event, or hold it back, or drop it."""
        event = Event(*members, **more)
        with self._lock:
            if event.is_beginning:
                self._held[event.key] = event
            else:
                self._follow(event)

    def watch_update(self, update: Update) -> Update:
        """Around the update of one resource: only a change of its properties is worth an event."""

        def update_resource(
            resource_type: str, physical_id: str, old: Any, new: Any, stack_name: str, logical_id: str, *rest: Any
        ) -> Any:
            key = (stack_name, logical_id)
            with self._lock:
                self._properties[key] = new
                if old == new:
                    self._held.pop(key, None)
                    self._untouched.add(key)
                else:
                    self._release(key, physical_id)
            return update(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

        return update_resource

    def watch_create(self, create: Update) -> Update:
        """Around the creation of one resource: its events say so, in an update too."""

        def provision_resource(resource_type: str, logical_id: str, props: Any, stack_name: str) -> Any:
            key = (stack_name, logical_id)
            with self._lock:
                self._properties[key] = props
                self._created.add(key)
                self._release(key)
            return create(resource_type, logical_id, props, stack_name)

        return provision_resource

    def properties(self, stack_name: str, logical_id: str) -> Any:
        """What a resource was last created or updated with."""
        return self._properties.get((stack_name, logical_id))

    def _follow(self, event: Event) -> None:
        key = event.key
        if event.reason == REPLACING:
            self._held.pop(key, None)
            self._replaced.add(key)
        self._release(key)
        untouched = event.status == "UPDATE_COMPLETE" and key in self._untouched
        self._untouched.discard(key)
        if untouched:
            return
        if event.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and key in self._created | self._replaced:
            self._write(replace(event, status=event.status.replace("COMPLETE", "IN_PROGRESS"), reason=INITIATED))
        self._write(event)

    def _release(self, key: _Key, physical_id: str = "") -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._write(replace(held, physical_id=physical_id))

    def _write(self, event: Event) -> None:
        is_new = event.key in self._created
        if not event.status.endswith("_IN_PROGRESS"):
            self._created.discard(event.key)
            self._replaced.discard(event.key)
        status = event.status.replace("UPDATE", "CREATE", 1) if is_new else event.status
        self._add_event(
            event.stack_id,
            event.stack_name,
            event.logical_id,
            event.resource_type,
            status,
            event.reason,
            event.physical_id,
            event.detailed_status,
        )
