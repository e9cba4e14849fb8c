from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from traffic_switch.asking import Properties
from traffic_switch.contract import GUARD_RESOURCE_TYPE, RELEASE_RESOURCE_TYPE, Color
from traffic_switch.journal import Record

from greenlight.deployed import Deployed, stack_status
from greenlight.deployed_stack import DeployedStack
from greenlight.errors import NotDeployedError, ReleaseError
from tests.unit.operator_world import BLUE, FakeJournal, switch

RELEASE = {"Resources": {"Shop": {"Type": RELEASE_RESOURCE_TYPE, "Properties": {"Service": "shop", "Attempt": 4}}}}
GUARD = {"Type": GUARD_RESOURCE_TYPE, "Properties": {"Service": "shop", "BlueVersion": "1", "GreenVersion": "2"}}


@dataclass
class FakeCloudFormation:
    """Stacks by name: their outputs and their templates."""

    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    templates: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""
    status: str = "CREATE_COMPLETE"

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        if self.refusal:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": self.refusal}}, "DescribeStacks")
        if StackName not in self.templates:
            self._there(self.outputs, StackName)
        listed = [{"OutputKey": k, "OutputValue": v} for k, v in self.outputs.get(StackName, {}).items()]
        return {"Stacks": [{"StackId": f"arn:{StackName}", "StackStatus": self.status, "Outputs": listed}]}

    def get_template(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"TemplateBody": self._there(self.templates, StackName)}

    def _there(self, stacks: Mapping[str, Any], name: str) -> Any:
        if name not in stacks:
            message = f"Stack with id {name} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        return stacks[name]


@dataclass
class FakeLambda:
    """The Request function."""

    answer: Mapping[str, Any]
    error: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        self.asked.append({"function": FunctionName, **json.loads(Payload)})
        failure = {"FunctionError": self.error} if self.error else {}
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **failure}


def deployed(monkeypatch: pytest.MonkeyPatch, **clients: Any) -> Deployed:
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    return Deployed()


def test_a_stack_that_is_not_there_has_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(monkeypatch, cloudformation=FakeCloudFormation())

    assert stack_status("GreenlightRelease") == ""


def test_a_stack_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = deployed(monkeypatch, cloudformation=FakeCloudFormation())

    with pytest.raises(NotDeployedError, match="the stack GreenlightEdge is not deployed here"):
        _ = seen.front_door_url


def test_an_output_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = deployed(monkeypatch, cloudformation=FakeCloudFormation({"GreenlightEdge": {}}))

    with pytest.raises(NotDeployedError, match="the stack GreenlightEdge has no output FrontDoorUrl"):
        _ = seen.front_door_url


def test_a_refusal_of_aws_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = deployed(monkeypatch, cloudformation=FakeCloudFormation(refusal="not authorized"))

    with pytest.raises(NotDeployedError, match=r"AWS refused to describe the stack GreenlightEdge: .*not authorized"):
        _ = seen.front_door_url


@pytest.mark.parametrize(
    ("stacks", "there"),
    [({}, False), ({"GreenlightData": {}}, False), ({"GreenlightData": {"JournalTableName": "journal"}}, True)],
    ids=["no stack", "a stack that failed", "a journal"],
)
def test_a_journal_is_there_once_its_stack_names_it(
    stacks: dict[str, Any], there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deployed(monkeypatch, cloudformation=FakeCloudFormation(stacks)).has_journal is there


def test_a_journal_that_nobody_may_ask_for_is_not_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = deployed(monkeypatch, cloudformation=FakeCloudFormation(refusal="not authorized"))

    with pytest.raises(NotDeployedError, match="not authorized"):
        _ = seen.has_journal


@pytest.mark.parametrize("body", [RELEASE, json.dumps(RELEASE)], ids=["object", "text"])
def test_a_template_is_read_however_boto3_hands_it_over(body: object) -> None:
    client: Any = FakeCloudFormation(templates={"GreenlightRelease": body})

    assert DeployedStack("GreenlightRelease", client).template == RELEASE


@pytest.mark.parametrize("status", ["CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
def test_the_template_of_a_first_deployment_that_failed_is_not_deployed(status: str) -> None:
    client: Any = FakeCloudFormation(templates={"GreenlightRelease": RELEASE}, status=status)

    assert DeployedStack("GreenlightRelease", client).template == {}


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_the_template_of_a_stack_that_was_made_once_is_what_is_deployed(status: str) -> None:
    client: Any = FakeCloudFormation(templates={"GreenlightRelease": RELEASE}, status=status)

    assert DeployedStack("GreenlightRelease", client).template == RELEASE


def journal_of(properties: Properties) -> Any:
    class Newest(FakeJournal):
        def newest_request(self, resource: str) -> Record | None:
            assert resource == "arn:GreenlightRelease/Shop"
            return switch(1, BLUE, None, properties=properties)

    return Newest()


def test_attempts_are_used_up_by_the_stack_and_by_what_was_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = FakeCloudFormation({"GreenlightRelease": {}}, {"GreenlightRelease": RELEASE})
    seen = deployed(monkeypatch, cloudformation=stacks)
    seen.journal = journal_of(Properties('{"Attempt":"5"}', '{"Attempt":"4"}'))

    assert list(seen.attempts("shop")) == [4, 5, 4]


def test_before_the_first_release_no_attempt_is_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = deployed(monkeypatch, cloudformation=FakeCloudFormation())

    assert list(seen.attempts("shop")) == []


@pytest.mark.parametrize(("compute", "stack"), [("ec2", "GreenlightEc2Host"), ("fargate", "GreenlightFargate")])
def test_each_compute_has_its_own_stack(compute: str, stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = FakeCloudFormation(templates={stack: {"Resources": {"Guard": GUARD}}})

    found = deployed(monkeypatch, cloudformation=stacks).versions("shop", compute)

    assert found == {Color.BLUE: "1", Color.GREEN: "2"}


SWITCH_STACK = FakeCloudFormation({"GreenlightSwitch": {"RequestFunctionName": "request"}})


def test_a_repair_is_asked_of_the_request_function(monkeypatch: pytest.MonkeyPatch) -> None:
    function = FakeLambda({"switch_id": "r1"})
    seen = deployed(monkeypatch, cloudformation=SWITCH_STACK, **{"lambda": function})

    assert seen.start_repair("shop", "r1", "edited by hand") == "r1"
    assert function.asked == [
        {
            "function": "request",
            "RequestType": "Repair",
            "RequestId": "r1",
            "Service": "shop",
            "Reason": "edited by hand",
        }
    ]


def test_a_repair_that_is_refused_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    function = FakeLambda({"errorMessage": "the journal remembers nothing live of shop"}, "Unhandled")
    seen = deployed(monkeypatch, cloudformation=SWITCH_STACK, **{"lambda": function})

    with pytest.raises(ReleaseError, match="the repair was not started: the journal remembers nothing live of shop"):
        seen.start_repair("shop", "r1", "")
