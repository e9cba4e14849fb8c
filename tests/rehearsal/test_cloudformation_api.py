"""What clients of CloudFormation see of stacks, change sets and events, as AWS shows them.

What is compared is recorded on AWS in localstack/localstack, tests/aws/services/cloudformation: the file is named in
each test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.provider_lab import Lab, started_lab

pytestmark = pytest.mark.rehearsal

STACK = "arn:aws:cloudformation:us-east-1:000000000000:stack"


def queue(name: str) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}


def parameter(value: str) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


def body(resources: dict[str, Any], **sections: Any) -> str:
    return json.dumps({"Resources": resources, **sections})


def refused(lab: Lab, operation: str, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        getattr(lab.stacks, operation)(**request)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def told(lab: Lab, stack: str, since: int = 0) -> list[tuple[str, ...]]:
    """Every event, oldest first: what it is about, its status, its reason."""
    events = list(reversed(lab.stacks.describe_stack_events(StackName=stack)["StackEvents"]))
    return [
        tuple(filter(None, (e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason"))))
        for e in events[since:]
    ]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def test_a_creation_tells_when_the_physical_resource_is_there(lab: Lab) -> None:
    """api/test_stacks.snapshot.json::test_list_events_after_deployment."""
    lab.stacks.create_stack(StackName="made", TemplateBody=body({"Queue": queue("made")}), ClientRequestToken="by-hand")
    lab.ended("made")
    events = lab.events("made")

    assert told(lab, "made") == [
        ("made", "CREATE_IN_PROGRESS", "User Initiated"),
        ("Queue", "CREATE_IN_PROGRESS"),
        ("Queue", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Queue", "CREATE_COMPLETE"),
        ("made", "CREATE_COMPLETE"),
    ]
    url = events[-1]["PhysicalResourceId"]
    assert [event["PhysicalResourceId"] for event in events] == ["", url, url]
    assert json.loads(events[0]["ResourceProperties"]) == {"QueueName": "made"}
    assert {event["ClientRequestToken"] for event in events} == {"by-hand"}
    assert len({event["EventId"] for event in events}) == 3
    assert all(event["EventId"].startswith(f"Queue-{event['ResourceStatus']}-2") for event in events)


def test_what_is_replaced_or_removed_is_deleted_in_a_phase_of_its_own(lab: Lab) -> None:
    """engine/test_replacement.snapshot.json, test_change_set_ref.snapshot.json."""
    lab.deploy("moved", {"Queue": queue("old"), "Gone": parameter("x")})
    before = len(told(lab, "moved"))

    assert lab.deploy("moved", {"Queue": queue("new")}) == "UPDATE_COMPLETE"

    assert told(lab, "moved", before) == [
        ("moved", "UPDATE_IN_PROGRESS", "User Initiated"),
        (
            "Queue",
            "UPDATE_IN_PROGRESS",
            "Requested update requires the creation of a new physical resource; hence creating one.",
        ),
        ("Queue", "UPDATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Queue", "UPDATE_COMPLETE"),
        ("moved", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Queue", "DELETE_IN_PROGRESS"),
        ("Queue", "DELETE_COMPLETE"),
        ("Gone", "DELETE_IN_PROGRESS"),
        ("Gone", "DELETE_COMPLETE"),
        ("moved", "UPDATE_COMPLETE"),
    ]
    ids = [event["PhysicalResourceId"].rsplit("/", 1)[-1] for event in lab.events("moved")[-7:-2]]
    assert ids == ["old", "new", "new", "old", "old"]


def test_a_custom_resource_is_removed_while_its_stack_cleans_up(lab: Lab) -> None:
    lab.deploy("cleans", {"Queue": queue("cleans"), "Thing": lab.resource(Seconds=0)})
    lab.deploy("cleans", {"Queue": queue("cleans")})

    assert [event["RequestType"] for event in lab.requests("cleans")] == ["Create", "Delete"]
    assert lab.requests("cleans")[1]["StackStatus"] == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def test_a_failed_creation_says_what_failed_and_who_rolled_it_back(lab: Lab) -> None:
    lab.deploy("fails", {"Thing": lab.resource(Create="fail")})

    about = [event for event in told(lab, "fails") if event[0] == "fails"]
    assert about == [
        ("fails", "CREATE_IN_PROGRESS", "User Initiated"),
        (
            "fails",
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [Thing]. Rollback requested by user.",
        ),
        ("fails", "ROLLBACK_COMPLETE"),
    ]
    template = body({"Thing": parameter("x")})
    stuck = "is in ROLLBACK_COMPLETE state and can not be updated."
    for operation, more in (("update_stack", {}), ("create_change_set", {"ChangeSetName": "c"})):
        code, message = refused(lab, operation, StackName="fails", TemplateBody=template, **more)
        assert (code, message[-len(stuck) :]) == ("ValidationError", stuck)
    taken = refused(lab, "create_stack", StackName="fails", TemplateBody=template)
    assert taken == ("AlreadyExistsException", "Stack [fails] already exists")


def test_a_stack_is_described_without_empty_members(lab: Lab) -> None:
    """api/test_changesets.snapshot.json::test_create_while_in_review."""
    lab.deploy("plain", {"P": parameter("x")})

    stack = lab.stacks.describe_stacks(StackName="plain")["Stacks"][0]

    assert {name: value for name, value in stack.items() if name not in ("StackId", "CreationTime")} == {
        "StackName": "plain",
        "StackStatus": "CREATE_COMPLETE",
        "DisableRollback": False,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        "EnableTerminationProtection": False,
        "NotificationARNs": [],
        "RollbackConfiguration": {},
        "Tags": [],
    }


def test_a_deleted_stack_is_known_by_its_id_alone(lab: Lab) -> None:
    """api/test_changesets.snapshot.json::test_name_conflicts."""
    lab.deploy("gone", {"P": parameter("x")})
    first = lab.stacks.describe_stacks(StackName="gone")["Stacks"][0]["StackId"]
    lab.stacks.delete_stack(StackName="gone")
    eventually(lambda: lab.stacks.describe_stacks(StackName=first)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE")

    by_name = {
        "describe_stacks": "Stack with id gone does not exist",
        "describe_stack_events": "Stack [gone] does not exist",
        "describe_stack_resources": "Stack with id gone does not exist",
        "get_template": "Stack with id gone does not exist",
    }
    for operation, words in by_name.items():
        assert refused(lab, operation, StackName="gone") == ("ValidationError", words)
    lab.deploy("gone", {"P": parameter("y")})
    deleted = lab.stacks.describe_stacks(StackName=first)["Stacks"][0]
    assert (deleted["StackStatus"], "DeletionTime" in deleted) == ("DELETE_COMPLETE", True)
    assert "EnableTerminationProtection" not in deleted
    assert told(lab, first)[-1] == ("gone", "DELETE_COMPLETE")
    assert lab.stacks.describe_stacks(StackName="gone")["Stacks"][0]["StackId"] != first


def test_a_change_set_is_described_and_refused_in_these_words(lab: Lab) -> None:
    """api/test_changesets.snapshot.json::test_empty_changeset, ::test_name_conflicts, ::test_deleted_changeset."""
    resources = {"P": parameter("x")}
    lab.stacks.create_change_set(
        StackName="sets", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=body(resources)
    )
    review = lab.stacks.describe_stacks(StackName="sets")["Stacks"][0]
    assert (review["StackStatus"], review["StackStatusReason"]) == ("REVIEW_IN_PROGRESS", "User Initiated")
    found = lab.stacks.describe_change_set(StackName="sets", ChangeSetName="first")
    change = {"Action": "Add", "LogicalResourceId": "P", "ResourceType": "AWS::SSM::Parameter"}
    assert found["Changes"] == [{"Type": "Resource", "ResourceChange": {**change, "Scope": [], "Details": []}}]
    members = {"NotificationARNs": [], "RollbackConfiguration": {}, "IncludeNestedStacks": False, "Capabilities": []}
    assert {name: found[name] for name in members} == members
    assert not {"Description", "StatusReason", "Parameters", "Tags"} & set(found)
    lab.stacks.execute_change_set(StackName="sets", ChangeSetName="first")
    assert lab.ended("sets") == "CREATE_COMPLETE"
    assert lab.stacks.describe_stacks(StackName="sets")["Stacks"][0]["ChangeSetId"] == found["ChangeSetId"]

    same = lab.stacks.create_change_set(StackName="sets", ChangeSetName="same", TemplateBody=body(resources))["Id"]
    empty = lab.stacks.describe_change_set(StackName="sets", ChangeSetName="same")
    assert (empty["Status"], empty["ExecutionStatus"], empty["StatusReason"]) == (
        "FAILED",
        "UNAVAILABLE",
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    )
    assert refused(lab, "execute_change_set", StackName="sets", ChangeSetName="same") == (
        "InvalidChangeSetStatus",
        f"ChangeSet [{same}] cannot be executed in its current status of [FAILED]",
    )
    request = {"ChangeSetName": "again", "ChangeSetType": "CREATE", "TemplateBody": body(resources)}
    assert refused(lab, "create_change_set", StackName="sets", **request) == (
        "ValidationError",
        "Stack [sets] already exists and cannot be created again with the changeSet [again].",
    )
    nowhere = ("ValidationError", "Stack [nowhere] does not exist")
    assert refused(lab, "describe_change_set", StackName="nowhere", ChangeSetName="c") == nowhere
    assert refused(lab, "delete_change_set", ChangeSetName="c") == (
        "ValidationError",
        "StackName must be specified if ChangeSetName is not specified as an ARN.",
    )


@pytest.mark.parametrize("operation", ["create_stack", "validate_template"])
def test_a_template_that_is_none_is_refused(lab: Lab, operation: str) -> None:
    """api/test_validations.snapshot.json; the other cases are in tests/unit/test_cloudformation_templates.py."""
    request = {"StackName": "invalid"} if operation == "create_stack" else {}

    assert refused(lab, operation, TemplateBody="{}", **request) == (
        "ValidationError",
        "Template format error: At least one Resources member must be defined.",
    )
    assert refused(lab, operation, TemplateBody="{", **request)[1].startswith("Template format error: JSON not well")


def test_parameters_are_held_to_the_template(lab: Lab) -> None:
    template = body({"P": parameter("x")}, Parameters={"Color": {"Type": "String", "AllowedValues": ["blue", "green"]}})

    def said(*given: tuple[str, str]) -> str:
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in given]
        return refused(lab, "create_stack", StackName="held", TemplateBody=template, Parameters=parameters)[1]

    assert said() == "Parameters: [Color] must have values"
    assert said(("Color", "blue"), ("Size", "1")) == "Parameters: [Size] do not exist in the template"
    assert said(("Color", "red")) == "Parameter 'Color' must be one of AllowedValues"


def test_the_resources_of_a_stack_that_is_gone_are_listed(lab: Lab) -> None:
    """radkawar/stackd, testdata/aws/cloudformation/lifecycle.json: deleted-main-..., deleted-rollback-resources."""
    lab.deploy("b-a", {"Queue": queue("b-a"), "Other": parameter("x")})
    stack = lab.stacks.describe_stacks(StackName="b-a")["Stacks"][0]["StackId"]
    kept = lab.stacks.describe_stack_resources(StackName=stack)["StackResources"]
    assert [each["LogicalResourceId"] for each in kept] == ["Other", "Queue"]

    lab.stacks.delete_stack(StackName=stack)
    assert lab.ended(stack) == "DELETE_COMPLETE"

    gone = lab.stacks.describe_stack_resources(StackName=stack)["StackResources"]
    names = ("LogicalResourceId", "PhysicalResourceId", "ResourceType", "StackId", "StackName")
    assert [{name: each[name] for name in names} for each in gone] == [
        {name: each[name] for name in names} for each in kept
    ]
    assert {each["ResourceStatus"] for each in gone} == {"DELETE_COMPLETE"}
    listed = lab.stacks.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    assert [each["ResourceStatus"] for each in listed] == ["DELETE_COMPLETE"] * 2
    detail = lab.stacks.describe_stack_resource(StackName=stack, LogicalResourceId="Queue")["StackResourceDetail"]
    assert detail["ResourceStatus"] == "DELETE_COMPLETE"

    lab.deploy("half", {"Wrong": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "Wrong", "Value": "x"}}})
    wrong = lab.stacks.describe_stack_resources(StackName="half")["StackResources"]
    assert [(each["LogicalResourceId"], each.get("PhysicalResourceId")) for each in wrong] == [("Wrong", None)]


def test_a_rollback_is_done_at_once_with_what_was_never_made(lab: Lab) -> None:
    """radkawar/stackd, testdata/aws/cloudformation/lifecycle.json: deleted-rollback-events-0."""
    wrong = {"Type": "AWS::SSM::Parameter", "DependsOn": "Good", "Properties": {"Type": "Wrong", "Value": "x"}}
    lab.deploy("unmade", {"Good": parameter("x"), "Wrong": wrong})

    assert [event[:2] for event in told(lab, "unmade")][-6:] == [
        ("Wrong", "CREATE_FAILED"),
        ("unmade", "ROLLBACK_IN_PROGRESS"),
        ("Wrong", "DELETE_COMPLETE"),
        ("Good", "DELETE_IN_PROGRESS"),
        ("Good", "DELETE_COMPLETE"),
        ("unmade", "ROLLBACK_COMPLETE"),
    ]
    assert lab.events("unmade")[-3]["PhysicalResourceId"] == ""


def test_a_stack_in_progress_says_who_began_it(lab: Lab) -> None:
    lab.begin("began", {"Thing": lab.resource(Seconds=0.5)})

    assert lab.stacks.describe_stacks(StackName="began")["Stacks"][0]["StackStatusReason"] == "User Initiated"
    lab.ended("began")
    assert "StackStatusReason" not in lab.stacks.describe_stacks(StackName="began")["Stacks"][0]
