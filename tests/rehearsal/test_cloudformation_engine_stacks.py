"""Stacks in the local cloud: side by side, what their events tell, and the way out of a failed rollback."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.rehearsal.provider_lab import Lab, started_lab

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def test_stacks_are_deployed_side_by_side(lab: Lab) -> None:
    names = [f"beside-{number}" for number in range(4)]
    lab.deploy("warm", {"Thing": lab.resource()})
    begun = time.monotonic()

    for name in names:
        lab.begin(name, {"Thing": lab.resource(Seconds=2)})

    assert [lab.ended(name) for name in names] == ["CREATE_COMPLETE"] * 4
    assert time.monotonic() - begun < 7


def look(lab: Lab, stack: str, agent: str) -> tuple[str, float]:
    """Describe a stack as a client of some name. Returns its status and how long the answer took."""
    named = lab.cloud.client("cloudformation", user_agent_extra=agent)
    begun = time.monotonic()
    status: str = named.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    return status, time.monotonic() - begun


def test_a_cdk_cli_is_answered_when_its_own_operation_is_over_and_others_at_once(lab: Lab) -> None:
    own = "aws-cdk/2.1148.1 app/first"
    template = json.dumps({"Resources": {"Thing": lab.resource(Seconds=1)}})
    lab.cloud.client("cloudformation", user_agent_extra=own).create_stack(StackName="awaited", TemplateBody=template)

    others, others_waited = look(lab, "awaited", "boto")
    second, second_waited = look(lab, "awaited", "aws-cdk/2.1148.1 app/second")
    cli, cli_waited = look(lab, "awaited", own)

    assert (others, second, cli) == ("CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    assert max(others_waited, second_waited) < 0.5 < cli_waited < 2


def test_an_update_tells_only_of_what_it_touches(lab: Lab) -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }
    topic = {"Type": "AWS::SNS::Topic"}
    lab.deploy("quiet", {"Table": table, "Thing": lab.resource(Color="blue")})
    before = len(lab.events("quiet"))

    lab.deploy("quiet", {"Table": table, "Thing": lab.resource(Color="green"), "Topic": topic})

    told = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in lab.events("quiet")[before:]]
    assert sorted(told) == [
        ("Thing", "UPDATE_COMPLETE"),
        ("Thing", "UPDATE_IN_PROGRESS"),
        ("Topic", "CREATE_COMPLETE"),
        ("Topic", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_IN_PROGRESS"),
    ]
    assert [event["RequestType"] for event in lab.requests("quiet")] == ["Create", "Update"]


def test_every_operation_on_a_stack_has_an_id_and_so_has_its_rollback(lab: Lab) -> None:
    lab.deploy("steps", {"Thing": lab.resource(Color="blue")})
    lab.deploy("steps", {"Thing": lab.resource(Color="green", Update="fail")})

    found = lab.stacks.describe_stack_events(StackName="steps")["StackEvents"]
    operations = {event["OperationId"]: event for event in found}

    begun = [(event["ResourceStatus"], event["ResourceStatusReason"]) for event in reversed(operations.values())]
    assert begun[:2] == [("CREATE_IN_PROGRESS", "User Initiated"), ("UPDATE_IN_PROGRESS", "User Initiated")]
    assert [status for status, _ in begun[2:]] == ["UPDATE_ROLLBACK_IN_PROGRESS"]


def test_a_rollback_that_failed_can_be_continued_with_nothing_to_skip(lab: Lab) -> None:
    lab.deploy("stuck", {"Thing": lab.resource(Color="blue", Update="fail")})
    failing = {"Thing": lab.resource(Color="green", Update="fail")}
    assert lab.deploy("stuck", failing) == "UPDATE_ROLLBACK_FAILED"

    lab.stacks.continue_update_rollback(StackName="stuck", ResourcesToSkip=[])

    assert lab.ended("stuck") == "UPDATE_ROLLBACK_FAILED"
    assert len(lab.requests("stuck")) == 4
    lab.stacks.continue_update_rollback(StackName="stuck", ResourcesToSkip=["Thing"])
    assert lab.ended("stuck") == "UPDATE_ROLLBACK_COMPLETE"


def test_pseudo_parameters_and_zones_are_those_of_the_region(lab: Lab) -> None:
    outputs = {
        "Region": {"Value": {"Ref": "AWS::Region"}},
        "Account": {"Value": {"Ref": "AWS::AccountId"}},
        "Name": {"Value": {"Fn::Sub": "${AWS::StackName} in ${AWS::Partition}"}},
        "Zone": {"Value": {"Fn::Select": [1, {"Fn::GetAZs": ""}]}},
        "Suffix": {"Value": {"Ref": "AWS::URLSuffix"}},
    }

    lab.deploy("pseudo", {"Topic": {"Type": "AWS::SNS::Topic"}}, Outputs=outputs)

    assert lab.outputs("pseudo") == {
        "Region": "us-east-1",
        "Account": "000000000000",
        "Name": "pseudo in aws",
        "Zone": "us-east-1b",
        "Suffix": "amazonaws.com",
    }
