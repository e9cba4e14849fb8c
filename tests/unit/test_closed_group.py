"""The function that closes a VPC's default security group, without AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from closed_group.groups import GONE, Ec2Groups
from closed_group.handler import serve
from closed_group.world import World
from traffic_switch.ports.answer import CloudFormationRequest

from tests.unit.fake_surroundings import FakeSurroundings

EVENT = {
    "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/GreenlightNetwork/1",
    "RequestId": "r",
    "LogicalResourceId": "ClosedGroup",
    "ResponseURL": "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x",
    "ResourceProperties": {"GroupId": "sg-1"},
}


class FakeGroups:
    """One group, with a rule in and one out."""

    def __init__(self) -> None:
        self.left: dict[str, Sequence[Any]] = {"in": ["members"], "out": ["everything"]}

    def rules(self, group_id: str) -> tuple[Sequence[Any], Sequence[Any]]:
        assert group_id == "sg-1"
        return self.left["in"], self.left["out"]

    def revoke(self, group_id: str, ingress: Sequence[Any], egress: Sequence[Any]) -> None:
        assert group_id == "sg-1"
        self.left = {
            "in": [rule for rule in self.left["in"] if rule not in ingress],
            "out": [rule for rule in self.left["out"] if rule not in egress],
        }


def served(groups: FakeGroups, kind: str, **changed: Any) -> tuple[str, str]:
    """What CloudFormation was told."""
    told: list[tuple[str, str]] = []

    def answer(
        request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
    ) -> None:
        told.append((status, reason))

    serve({**EVENT, "RequestType": kind, **changed}, World(groups, answer, FakeSurroundings()), 100)
    (only,) = told
    return only


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_nothing_gets_in_or_out_any_more(kind: str) -> None:
    groups = FakeGroups()

    assert served(groups, kind)[0] == "SUCCESS"
    assert groups.left == {"in": [], "out": []}


def test_a_group_whose_resource_goes_stays_as_it_is() -> None:
    groups = FakeGroups()

    assert served(groups, "Delete") == ("SUCCESS", "sg-1 stays as it is")
    assert groups.left["in"]


def test_without_a_group_it_fails_and_says_what_is_missing() -> None:
    status, reason = served(FakeGroups(), "Create", ResourceProperties={})

    assert status == "FAILED"
    assert "GroupId" in reason


class FakeEc2:
    """EC2 as it refuses; `asked` is what it was asked for."""

    def __init__(self, code: str) -> None:
        self.code, self.asked = code, list[str]()

    def revoke_security_group_ingress(self, **_: Any) -> None:
        self._refuse("in")

    def revoke_security_group_egress(self, **_: Any) -> None:
        self._refuse("out")

    def _refuse(self, way: str) -> None:
        self.asked.append(way)
        raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, "Revoke")


def test_a_rule_that_is_gone_already_is_what_was_wanted() -> None:
    ec2: Any = FakeEc2(GONE)
    Ec2Groups(ec2).revoke("sg-1", [{"IpProtocol": "-1"}], [{"IpProtocol": "-1"}])

    assert ec2.asked == ["in", "out"]


def test_any_other_refusal_is_told() -> None:
    ec2: Any = FakeEc2("UnauthorizedOperation")

    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        Ec2Groups(ec2).revoke("sg-1", [{"IpProtocol": "-1"}], [])


def test_where_there_is_no_rule_nothing_is_asked_for() -> None:
    ec2: Any = FakeEc2("UnauthorizedOperation")
    Ec2Groups(ec2).revoke("sg-1", [], [])

    assert ec2.asked == []
