"""When the load balancer is protected, and what CloudFormation hears when a stack is to be deleted under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deletion_protection.handler import serve, world
from deletion_protection.load_balancers import Elbv2LoadBalancers
from deletion_protection.world import World
from traffic_switch.ports.answer import CloudFormationRequest

from tests.unit.fake_surroundings import FakeSurroundings

ARN = "arn:load-balancer"


@dataclass
class Balancers:
    """One load balancer; `refusals` are how often IAM does not know the new role yet. Its age is not asked."""

    protected: bool
    refusals: int = 0
    writes: list[bool] = field(default_factory=list)

    def is_protected(self, arn: str) -> bool:
        assert arn == ARN
        return self.protected

    def protect(self, arn: str, protected: bool) -> None:
        assert arn == ARN
        if self.refusals:
            self.refusals -= 1
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ModifyLoadBalancerAttributes")
        self.protected = protected
        self.writes.append(protected)

    def redirects_for_good(self, arn: str) -> bool:
        raise NotImplementedError


def served(kind: str, balancers: Balancers, *statuses: str, enabled: str = "true") -> tuple[str, str]:
    """What CloudFormation hears; `statuses` are what the looks at the stack find, the last one for ever."""
    looks = list(statuses)
    answers: list[tuple[str, str]] = []

    def answer(
        request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
    ) -> None:
        assert physical_id == "deletion-protection"
        answers.append((status, reason))

    event: dict[str, Any] = {
        "RequestType": kind,
        "ResponseURL": "https://answer",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "Protection",
        "ResourceProperties": {"LoadBalancerArn": ARN, "Enabled": enabled},
    }
    if kind != "Create":
        event["PhysicalResourceId"] = "deletion-protection"

    def status(stack_id: str) -> str:
        assert stack_id == event["StackId"]
        return looks.pop(0) if len(looks) > 1 else looks[0]

    serve(event, World(balancers, lambda *_: set(), status, answer, FakeSurroundings()), 150.0)
    ((said, reason),) = answers
    return said, reason


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize("enabled", ["true", "false"])
def test_the_protection_is_as_the_settings_say(kind: str, enabled: str) -> None:
    balancers = Balancers(protected=enabled != "true")

    assert served(kind, balancers, enabled=enabled) == ("SUCCESS", f"deletion_protection.enabled is {enabled}")
    assert balancers.protected is (enabled == "true")


def test_a_role_that_was_made_a_moment_ago_is_waited_for() -> None:
    balancers = Balancers(protected=False, refusals=3)

    assert served("Create", balancers)[0] == "SUCCESS"
    assert balancers.protected


def test_a_creation_that_is_rolled_back_takes_the_protection_off() -> None:
    balancers = Balancers(protected=True)

    assert served("Delete", balancers, "ROLLBACK_IN_PROGRESS")[0] == "SUCCESS"
    assert not balancers.protected


def test_a_stack_is_not_deleted_under_a_protected_load_balancer() -> None:
    balancers = Balancers(protected=True)

    status, reason = served("Delete", balancers, "DELETE_IN_PROGRESS")

    assert status == "FAILED"
    assert reason == (
        "the load balancer is protected against deletion. To delete it all the same, run `aws elbv2"
        f" modify-load-balancer-attributes --load-balancer-arn {ARN} --attributes"
        " Key=deletion_protection.enabled,Value=false`, and delete the stack again"
    )
    assert balancers.protected


@pytest.mark.parametrize("old", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_seems_to_be_at_rest_is_looked_at_again(old: str) -> None:
    """Its listeners would be deleted under a load balancer that stays."""
    assert served("Delete", Balancers(protected=True), old, old, "DELETE_IN_PROGRESS")[0] == "FAILED"


def test_a_creation_that_seems_to_go_forward_is_looked_at_again() -> None:
    balancers = Balancers(protected=True)

    assert served("Delete", balancers, "CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")[0] == "SUCCESS"
    assert not balancers.protected


def test_a_status_that_stays_old_is_believed_in_the_end() -> None:
    assert served("Delete", Balancers(protected=True), "UPDATE_COMPLETE")[0] == "SUCCESS"


def test_a_stack_whose_protection_was_turned_off_by_hand_is_deleted() -> None:
    assert served("Delete", Balancers(protected=False), "DELETE_IN_PROGRESS")[0] == "SUCCESS"


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_a_resource_that_leaves_the_template_changes_nothing(status: str) -> None:
    balancers = Balancers(protected=True)

    assert served("Delete", balancers, status) == ("SUCCESS", "the load balancer stays as it is")
    assert balancers.writes == []


class Elbv2:
    """ELBv2's client, with one load balancer's attributes."""

    def __init__(self, **attributes: str) -> None:
        self.attributes = attributes

    def describe_load_balancer_attributes(self, LoadBalancerArn: str) -> dict[str, Any]:  # noqa: N803
        assert LoadBalancerArn == ARN
        return {"Attributes": [{"Key": key, "Value": value} for key, value in self.attributes.items()]}

    def modify_load_balancer_attributes(self, LoadBalancerArn: str, Attributes: Any) -> None:  # noqa: N803
        assert LoadBalancerArn == ARN
        self.attributes |= {each["Key"]: each["Value"] for each in Attributes}


def test_the_attribute_is_read_and_written_in_elbv2s_own_words() -> None:
    client = Elbv2(**{"idle_timeout.timeout_seconds": "60"})
    balancers = Elbv2LoadBalancers(client)  # type: ignore[arg-type]

    assert not balancers.is_protected(ARN)
    balancers.protect(ARN, True)
    assert client.attributes["deletion_protection.enabled"] == "true"
    assert balancers.is_protected(ARN)
    balancers.protect(ARN, False)
    assert not balancers.is_protected(ARN)


class Stacks:
    """CloudFormation's client, with one stack."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"Stacks": [{"StackStatus": "DELETE_IN_PROGRESS"}] if StackName == "arn:stack" else []}


def test_the_function_asks_elbv2_and_cloudformation() -> None:
    client = Elbv2()
    around = FakeSurroundings(clients={"elbv2": client, "cloudformation": Stacks()})

    made = world(around)
    made.load_balancers.protect(ARN, True)

    assert client.attributes == {"deletion_protection.enabled": "true"}
    assert made.status("arn:stack") == "DELETE_IN_PROGRESS"
