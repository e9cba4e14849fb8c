"""Exports: an exported value stays as it is while another stack imports it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

Exports = dict[str, dict[str, str]]

_WITHOUT_RESOURCES = frozenset({"DELETE_COMPLETE", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"})


def check(stack_name: str, stack_id: str, previous: Iterable[Mapping[str, Any]], new: Exports) -> None:
    """Refuse an update that takes away or changes what others import. `previous` are the outputs before it.

    Raises:
        ValueError: in CloudFormation's words; the update then rolls back.
    """
    for output in previous:
        name = output.get("ExportName")
        if not name or (name in new and new[name]["Value"] == output["OutputValue"]):
            continue
        users = importers(name, stack_name)
        if users:
            verb = "updated" if name in new else "deleted"
            raise ValueError(f"Export {name} cannot be {verb} as it is in use by {' and '.join(users)}")
    for name in new:
        owner = cloudformation._exports.get(name)
        if owner and owner["StackId"] != stack_id:
            raise ValueError(f"Export with name {name} is already exported by stack {owner['StackId'].split('/')[1]}")


def forget_stale(previous: Iterable[Mapping[str, Any]], new: Exports) -> None:
    """Take back what a stack exported before and does not any more."""
    for output in previous:
        if output.get("ExportName") and output["ExportName"] not in new:
            cloudformation._exports.pop(output["ExportName"], None)


def importers(export: str, exporter: str) -> list[str]:
    """The stacks that use an export, by name."""
    return sorted(
        name
        for name, stack in cloudformation._stacks.items()
        if name != exporter
        and stack.get("StackStatus") not in _WITHOUT_RESOURCES
        and export in handlers._imported_export_names(stack, name)
    )
