"""The stack events of an update, as CloudFormation writes them.

ministack writes UPDATE_IN_PROGRESS before it compares a resource's properties, and UPDATE_COMPLETE after it found
nothing to do; and it writes both for a resource that the update creates. CloudFormation writes nothing for the first
and CREATE for the second, and an operator reads the events to see what a release touches.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

AddEvent = Callable[..., None]
Update = Callable[..., Any]

_Key = tuple[str, str]
_STATUS = 4
"""The place of the status in an event."""


class QuietEvents:
    """Holds the first event of an update back until it is clear whether anything changes."""

    def __init__(self, add_event: AddEvent) -> None:
        self._add_event = add_event
        self._lock = threading.Lock()
        self._held: dict[_Key, tuple[Any, ...]] = {}
        self._untouched: set[_Key] = set()
        self._created: set[_Key] = set()

    def add_event(
        self,
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        """Write an event, or hold it back, or drop it."""
        key = (stack_name, logical_id)
        event = (stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, detailed_status)
        if status == "UPDATE_IN_PROGRESS" and not reason and not physical_id:
            with self._lock:
                self._held[key] = event
            return
        self._release(key)
        with self._lock:
            untouched = status == "UPDATE_COMPLETE" and key in self._untouched
            self._untouched.discard(key)
        if not untouched:
            self._write(key, event)

    def watch_update(self, update: Update) -> Update:
        """Around the update of one resource: only a change of its properties is worth an event."""

        def update_resource(
            resource_type: str, physical_id: str, old: Any, new: Any, stack_name: str, logical_id: str, *rest: Any
        ) -> Any:
            key = (stack_name, logical_id)
            if old == new:
                with self._lock:
                    self._held.pop(key, None)
                    self._untouched.add(key)
            else:
                self._release(key)
            return update(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

        return update_resource

    def watch_create(self, create: Update) -> Update:
        """Around the creation of one resource: its events say so, in an update too."""

        def provision_resource(resource_type: str, logical_id: str, props: Any, stack_name: str) -> Any:
            key = (stack_name, logical_id)
            with self._lock:
                self._created.add(key)
            self._release(key)
            return create(resource_type, logical_id, props, stack_name)

        return provision_resource

    def _release(self, key: _Key) -> None:
        with self._lock:
            held = self._held.pop(key, None)
        if held is not None:
            self._write(key, held)

    def _write(self, key: _Key, event: tuple[Any, ...]) -> None:
        with self._lock:
            is_new = key in self._created
            if event[_STATUS] != "UPDATE_IN_PROGRESS":
                self._created.discard(key)
        status = event[_STATUS].replace("UPDATE", "CREATE", 1) if is_new else event[_STATUS]
        self._add_event(*event[:_STATUS], status, *event[_STATUS + 1 :])
