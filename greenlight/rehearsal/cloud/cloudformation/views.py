"""What the calls that describe stacks and change sets show: AWS's members, and none that is empty.

Recorded in localstack: test_stacks.snapshot.json, test_changesets.snapshot.json, test_change_set_ref.snapshot.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

from greenlight.rehearsal.cloud.cloudformation import resource_lists

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Action = Callable[[Params], Answer]

SPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
_OPTIONAL = frozenset(
    {
        "Capabilities",
        "DefaultValue",
        "Description",
        "Outputs",
        "Parameters",
        "PhysicalResourceId",
        "StackStatusReason",
        "StatusReason",
        "LastUpdatedTime",
    }
)


def install() -> None:
    """Put the views around ministack's."""
    ET.register_namespace("", SPACE)
    actions = handlers._ACTION_HANDLERS
    actions["DescribeStacks"] = _seen(actions["DescribeStacks"], "Stacks", _stack)
    actions["DescribeStackResources"] = _seen(
        resource_lists.complete(actions["DescribeStackResources"]), "StackResources", _without_empty
    )
    actions["ListStackResources"] = _seen(
        resource_lists.complete(actions["ListStackResources"]), "StackResourceSummaries", _without_empty
    )
    actions["DescribeStackResource"] = resource_lists.complete(actions["DescribeStackResource"])
    actions["ListStacks"] = _seen(actions["ListStacks"], "StackSummaries", _times)
    actions["DescribeChangeSet"] = _seen(actions["DescribeChangeSet"], "", _change_set)
    actions["ListChangeSets"] = _seen(actions["ListChangeSets"], "Summaries", _nested)
    actions["ValidateTemplate"] = _seen(actions["ValidateTemplate"], "", _template)


def _seen(act: Action, listed: str, change: Callable[[ET.Element], None]) -> Action:
    def describe(params: Params) -> Answer:
        status, headers, body = act(params)
        if status != 200:
            return status, headers, body
        root = ET.fromstring(body)  # noqa: S314 - what this process has just written
        for element in list(_items(root[0], listed)):
            change(element)
        return status, headers, ET.tostring(root, encoding="utf-8", xml_declaration=True)

    return describe


def _items(result: ET.Element, listed: str) -> Iterator[ET.Element]:
    return iter(_child(result, listed)) if listed else iter([result])


def _stack(element: ET.Element) -> None:
    status, stack_id = _text(element, "StackStatus"), _text(element, "StackId")
    record: dict[str, Any] = handlers._resolve_stack(stack_id) or {}
    _times(element)
    if status == "REVIEW_IN_PROGRESS":
        _child(element, "StackStatusReason").text = "User Initiated"
    if status == "DELETE_COMPLETE":
        element.remove(_child(element, "EnableTerminationProtection"))
    if record.get("_change_set_id"):
        _add(element, "ChangeSetId", record["_change_set_id"])
    for name in ("NotificationARNs", "RollbackConfiguration"):
        _add(element, name)
    for output in _child(element, "Outputs"):
        _without_empty(output)
    _without_empty(element)


def _times(element: ET.Element) -> None:
    """A stack that was only created has no time of an update; one that was deleted has that of its deletion."""
    record: dict[str, Any] = handlers._resolve_stack(_text(element, "StackId")) or {}
    updated = element.find(f"{{{SPACE}}}LastUpdatedTime")
    is_updated = record.get("_change_set_id") or _begun(record, "UPDATE_IN_PROGRESS")
    if updated is not None and not is_updated:
        element.remove(updated)
    deleted = _begun(record, "DELETE_IN_PROGRESS") if str(record.get("StackStatus", "")).startswith("DELETE") else None
    if deleted:
        _add(element, "DeletionTime", deleted)


def _begun(record: dict[str, Any], status: str) -> str | None:
    """When the stack itself took on a status for the last time."""
    events = cloudformation._stack_events.get(record.get("StackId"), [])
    found = (each for each in reversed(events) if each["ResourceStatus"] == status)
    own = (each["Timestamp"] for each in found if each["LogicalResourceId"] == record["StackName"])
    return next(own, None)


def _change_set(element: ET.Element) -> None:
    if not len(_child(element, "Tags")):
        element.remove(_child(element, "Tags"))
    _nested(element)
    for name in ("NotificationARNs", "RollbackConfiguration"):
        _add(element, name)


def _nested(element: ET.Element) -> None:
    _add(element, "IncludeNestedStacks", "false")
    capabilities = element.find(f"{{{SPACE}}}Capabilities")
    _without_empty(element)
    if capabilities is not None and not len(capabilities):
        _add(element, "Capabilities")


def _template(element: ET.Element) -> None:
    for parameter in _child(element, "Parameters"):
        _without_empty(parameter)
    if not _text(element, "Description"):
        element.remove(_child(element, "Description"))


def _without_empty(element: ET.Element) -> None:
    for child in list(element):
        if child.tag.removeprefix(f"{{{SPACE}}}") in _OPTIONAL and not len(child) and not child.text:
            element.remove(child)


def _child(element: ET.Element, name: str) -> ET.Element:
    found = element.find(f"{{{SPACE}}}{name}")
    return ET.Element(name) if found is None else found


def _text(element: ET.Element, name: str) -> str:
    return _child(element, name).text or ""


def _add(element: ET.Element, name: str, text: str | None = None) -> None:
    ET.SubElement(element, f"{{{SPACE}}}{name}").text = text
