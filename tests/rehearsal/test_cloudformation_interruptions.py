"""Stack operations that are ended early: a cancelled update, and a stack deleted while it is being created."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.provider_lab import Lab, started_lab

pytestmark = pytest.mark.rehearsal

SLOW = 3.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def asked(lab: Lab, stack: str, number: int) -> list[dict[str, Any]]:
    """The requests about a stack, once there are so many."""
    eventually(lambda: len(lab.requests(stack)) >= number)
    return lab.requests(stack)


def stack_events(lab: Lab, stack: str, status: str) -> list[dict[str, Any]]:
    found = lab.stacks.describe_stack_events(StackName=stack)["StackEvents"]
    return [e for e in found if e["LogicalResourceId"] == stack and e["ResourceStatus"] == status]


def begin_slow_update(lab: Lab, stack: str) -> None:
    lab.deploy(stack, {"Thing": lab.resource(Color="blue")})
    lab.begin(stack, {"Thing": lab.resource(Color="green", Seconds=SLOW)})
    asked(lab, stack, 2)


def test_a_cancelled_update_does_not_wait_for_the_answer(lab: Lab) -> None:
    begin_slow_update(lab, "cancelled")
    begun = time.monotonic()

    lab.stacks.cancel_update_stack(StackName="cancelled")

    assert lab.ended("cancelled") == "UPDATE_ROLLBACK_COMPLETE"
    assert time.monotonic() - begun < SLOW - 0.5
    (failed,) = [e for e in lab.events("cancelled") if e["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed["ResourceStatusReason"] == "Resource update cancelled"
    (rollback,) = stack_events(lab, "cancelled", "UPDATE_ROLLBACK_IN_PROGRESS")
    assert rollback["ResourceStatusReason"] == "User Initiated"


def test_the_rollback_of_a_cancelled_update_is_a_request_of_its_own_with_the_old_properties(lab: Lab) -> None:
    begin_slow_update(lab, "back")

    lab.stacks.cancel_update_stack(StackName="back")
    lab.ended("back")

    _, forward, back = asked(lab, "back", 3)
    assert back["RequestType"] == "Update"
    assert back["RequestId"] != forward["RequestId"]
    assert back["ResourceProperties"]["Color"] == "blue"
    assert back["OldResourceProperties"]["Color"] == "green"
    assert back["StackStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS"


def test_an_answer_that_comes_after_the_cancellation_changes_nothing(lab: Lab) -> None:
    lab.deploy("late", {"Thing": lab.resource(Color="blue")})
    lab.begin("late", {"Thing": lab.resource(Color="green", Id="another", Seconds=1)})
    asked(lab, "late", 2)
    lab.stacks.cancel_update_stack(StackName="late")
    assert lab.ended("late") == "UPDATE_ROLLBACK_COMPLETE"

    def answers() -> list[int]:
        listed = [request for request in lab.cloud.control("custom-resources") if ":stack/late/" in request["StackId"]]
        return [len(request["answers"]) for request in listed]

    assert eventually(lambda: answers() == [1, 1, 1]), answers()
    assert lab.stacks.describe_stacks(StackName="late")["Stacks"][0]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    (thing,) = lab.stacks.describe_stack_resources(StackName="late")["StackResources"]
    assert thing["PhysicalResourceId"] == "one"


def test_only_a_running_update_can_be_cancelled(lab: Lab) -> None:
    lab.deploy("done", {"Thing": lab.resource()})

    with pytest.raises(ClientError, match="ValidationError"):
        lab.stacks.cancel_update_stack(StackName="done")


def test_a_stack_that_is_deleted_while_it_is_created_does_not_wait_for_the_answer(lab: Lab) -> None:
    lab.begin("unborn", {"Thing": lab.resource(Seconds=SLOW, Id="asked")})
    asked(lab, "unborn", 1)
    stack_id = lab.stacks.describe_stacks(StackName="unborn")["Stacks"][0]["StackId"]

    lab.stacks.delete_stack(StackName="unborn")

    assert lab.stacks.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_IN_PROGRESS"
    create, delete = asked(lab, "unborn", 2)
    assert (create["RequestType"], delete["RequestType"]) == ("Create", "Delete")
    assert delete["StackStatus"] == "DELETE_IN_PROGRESS"
    assert lab.ended(stack_id) == "DELETE_COMPLETE"


def test_what_a_deleted_creation_had_not_come_to_is_never_asked_for(lab: Lab) -> None:
    first, second = lab.resource(Seconds=SLOW), {**lab.resource(), "DependsOn": "First"}
    lab.begin("half", {"First": first, "Second": second})
    asked(lab, "half", 1)
    stack_id = lab.stacks.describe_stacks(StackName="half")["Stacks"][0]["StackId"]

    lab.stacks.delete_stack(StackName="half")

    assert lab.ended(stack_id) == "DELETE_COMPLETE"
    assert {request["LogicalResourceId"] for request in lab.requests("half")} == {"First"}


def test_a_stack_that_is_updated_cannot_be_deleted_or_updated_again(lab: Lab) -> None:
    begin_slow_update(lab, "busy")
    template = json.dumps({"Resources": {"Thing": lab.resource(Color="red")}})

    with pytest.raises(ClientError, match="cannot be deleted while in status UPDATE_IN_PROGRESS"):
        lab.stacks.delete_stack(StackName="busy")
    with pytest.raises(ClientError, match="is in UPDATE_IN_PROGRESS state and can not be updated"):
        lab.stacks.update_stack(StackName="busy", TemplateBody=template)
    with pytest.raises(ClientError, match="is in UPDATE_IN_PROGRESS state and can not be updated"):
        lab.stacks.create_change_set(StackName="busy", ChangeSetName="second", TemplateBody=template)

    assert lab.ended("busy") == "UPDATE_COMPLETE"
