"""Strong references between stacks: nothing that another stack uses changes or goes away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "cloudformation") as cloud:
        yield cloud


def parameter(value: object) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


def deploy(cloud: LocalCloud, name: str, value: object, *exports: str, new: bool = True) -> str:
    """Create or update a stack that exports a value under some names. Returns the status that it ends in."""
    stacks = cloud.client("cloudformation")
    outputs = {f"Out{at}": {"Value": value, "Export": {"Name": export}} for at, export in enumerate(exports)}
    template = {"Resources": {"Value": parameter(value)}, **({"Outputs": outputs} if outputs else {})}
    operation = stacks.create_stack if new else stacks.update_stack
    operation(StackName=name, TemplateBody=json.dumps(template))
    return ended(cloud, name)


def ended(cloud: LocalCloud, name: str) -> str:
    stacks = cloud.client("cloudformation")

    def look() -> str | None:
        status: str = stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return None if status.endswith("IN_PROGRESS") else status

    return str(eventually(look))


def told(cloud: LocalCloud, name: str) -> list[tuple[str, str]]:
    """What the events say of a stack itself, oldest first: its status and the reason."""
    events = reversed(cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"])
    return [
        (event["ResourceStatus"], event.get("ResourceStatusReason", ""))
        for event in events
        if event["LogicalResourceId"] == name
    ]


def test_an_export_in_use_can_neither_change_nor_go(cloud: LocalCloud) -> None:
    """radkawar/stackd, testdata/aws/cloudformation/lifecycle.json: update-export-in-use, delete-export-in-use."""
    stacks = cloud.client("cloudformation")
    deploy(cloud, "edge", "tg-1", "edge-group")
    for importer in ("release", "switch", "watch"):
        deploy(cloud, importer, {"Fn::ImportValue": "edge-group"})

    assert deploy(cloud, "edge", "tg-2", "edge-group", new=False) == "UPDATE_ROLLBACK_COMPLETE"
    in_use = "export edge-group as it is in use by release, switch and watch."
    assert told(cloud, "edge")[-4:] == [
        ("UPDATE_IN_PROGRESS", "User Initiated"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", f"Update canceled. Cannot update {in_use}"),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("UPDATE_ROLLBACK_COMPLETE", ""),
    ]
    assert deploy(cloud, "edge", "tg-3", new=False) == "UPDATE_ROLLBACK_COMPLETE"
    assert told(cloud, "edge")[-3][1] == f"Update canceled. Cannot delete {in_use}"

    stacks.delete_stack(StackName="edge")
    called_off = f"Delete canceled. Cannot delete {in_use}"
    assert told(cloud, "edge")[-2:] == [
        ("DELETE_IN_PROGRESS", "User Initiated"),
        ("UPDATE_ROLLBACK_COMPLETE", called_off),
    ]
    edge = stacks.describe_stacks(StackName="edge")["Stacks"][0]
    assert (edge["StackStatus"], edge["StackStatusReason"]) == ("UPDATE_ROLLBACK_COMPLETE", called_off)
    exports = stacks.list_exports()["Exports"]
    assert [(export["Name"], export["Value"]) for export in exports] == [("edge-group", "tg-1")]


def test_a_stack_that_was_never_created_uses_no_export(cloud: LocalCloud) -> None:
    deploy(cloud, "exporter", "a", "lonely")
    stacks = cloud.client("cloudformation")
    wrong = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "Wrong", "Value": {"Fn::ImportValue": "lonely"}}}
    stacks.create_stack(StackName="stillborn", TemplateBody=json.dumps({"Resources": {"Value": wrong}}))
    assert ended(cloud, "stillborn") == "ROLLBACK_COMPLETE"

    exporter = stacks.describe_stacks(StackName="exporter")["Stacks"][0]["StackId"]
    stacks.delete_stack(StackName="exporter")

    assert ended(cloud, exporter) == "DELETE_COMPLETE"


def test_an_export_that_nobody_uses_may_change_and_go(cloud: LocalCloud) -> None:
    deploy(cloud, "free", "a", "free-value")

    assert deploy(cloud, "free", "b", "free-value", new=False) == "UPDATE_COMPLETE"
    assert deploy(cloud, "free", "b", "another-name", new=False) == "UPDATE_COMPLETE"

    names = [export["Name"] for export in cloud.client("cloudformation").list_exports()["Exports"]]
    assert "free-value" not in names
    assert "another-name" in names


def test_two_stacks_cannot_export_the_same_name(cloud: LocalCloud) -> None:
    deploy(cloud, "first", "a", "shared")

    assert deploy(cloud, "second", "b", "shared") == "ROLLBACK_COMPLETE"

    reasons = [reason for _, reason in told(cloud, "second")]
    assert "Export with name shared is already exported by stack first" in reasons
