"""Exports: an exported value stays as it is while another stack imports it.

The words are recorded in radkawar/stackd, testdata/aws/cloudformation/lifecycle.json; the order of an update that is
called off too: it has no failure of its own, and its rollback says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

Exports = dict[str, dict[str, str]]

CALLED_OFF = "_called_off"
"""The member of a stack that says why its update is rolled back, as long as that has not begun."""

_WITHOUT_RESOURCES = frozenset({"DELETE_COMPLETE", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"})


class ExportInUseError(ValueError):
    """An update would take away or change what another stack imports. The text is what its rollback says."""


def check(stack_name: str, stack_id: str, previous: Iterable[Mapping[str, Any]], new: Exports) -> None:
    """Refuse an update that takes away or changes what others import. `previous` are the outputs before it.

    Raises:
        ExportInUseError: the update rolls back, in CloudFormation's words.
        ValueError: another stack exports the same name.
    """
    for output in previous:
        name = output.get("ExportName")
        if not name or (name in new and new[name]["Value"] == output["OutputValue"]):
            continue
        users = importers(name, stack_name)
        if users:
            raise ExportInUseError(f"Update canceled. {refusal('update' if name in new else 'delete', name, users)}")
    for name in new:
        owner = cloudformation._exports.get(name)
        if owner and owner["StackId"] != stack_id:
            raise ValueError(f"Export with name {name} is already exported by stack {owner['StackId'].split('/')[1]}")


def refusal(verb: str, export: str, users: list[str]) -> str:
    """What CloudFormation says of an export that cannot be updated or deleted."""
    *others, last = users
    named = f"{', '.join(others)} and {last}" if others else last
    return f"Cannot {verb} export {export} as it is in use by {named}."


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
        if name != exporter and export in handlers._imported_export_names(stack, name)
    )


def with_resources(imported: Callable[..., set[str]]) -> Callable[..., set[str]]:
    """Around what a stack imports: one that has no resources imports nothing, whatever its template says."""

    def imported_export_names(stack: Mapping[str, Any], name: str) -> set[str]:
        return set() if stack.get("StackStatus") in _WITHOUT_RESOURCES else imported(stack, name)

    return imported_export_names
