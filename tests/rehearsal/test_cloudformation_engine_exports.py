"""Strong references between stacks: nothing that another stack uses changes or goes away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

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


def reasons(cloud: LocalCloud, name: str) -> list[str]:
    events = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events]


def test_an_export_in_use_can_neither_change_nor_go(cloud: LocalCloud) -> None:
    deploy(cloud, "edge", "tg-1", "edge-group")
    deploy(cloud, "release", {"Fn::ImportValue": "edge-group"})

    assert deploy(cloud, "edge", "tg-2", "edge-group", new=False) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Export edge-group cannot be updated as it is in use by release" in reasons(cloud, "edge")
    assert deploy(cloud, "edge", "tg-3", new=False) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Export edge-group cannot be deleted as it is in use by release" in reasons(cloud, "edge")
    with pytest.raises(ClientError, match="Export edge-group cannot be deleted as it is in use by release"):
        cloud.client("cloudformation").delete_stack(StackName="edge")
    exports = cloud.client("cloudformation").list_exports()["Exports"]
    assert [(export["Name"], export["Value"]) for export in exports] == [("edge-group", "tg-1")]


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

    assert "Export with name shared is already exported by stack first" in reasons(cloud, "second")
