"""When the listener on port 443 may go, and what CloudFormation hears, without AWS."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from deletion_protection.handler import serve
from deletion_protection.load_balancers import Elbv2LoadBalancers
from deletion_protection.world import World
from traffic_switch.ports.answer import CloudFormationRequest

from tests.unit.fake_surroundings import FakeSurroundings

BALANCER = "arn:load-balancer"
PLACE = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
BLUE, GREEN = (f"{PLACE}:targetgroup/shop-{color}/1" for color in ("blue", "green"))


@dataclass(frozen=True)
class Balancers:
    """One load balancer, perhaps an older version's. Of its protection nobody may ask here."""

    old: bool

    def is_protected(self, arn: str) -> bool:
        raise NotImplementedError

    def protect(self, arn: str, protected: bool) -> None:
        raise NotImplementedError

    def redirects_for_good(self, arn: str) -> bool:
        assert arn == BALANCER
        return self.old


def served(
    kind: str,
    *statuses: str,
    groups: Collection[str] = (BLUE,),
    https: str = "false",
    refusals: int = 0,
    old: bool = False,
) -> tuple[str, str]:
    """What CloudFormation hears; `statuses` are what the looks at the stack find, `groups` whom 443 alone serves."""
    answers: list[tuple[str, str]] = []
    looks, denials = list(statuses), [None] * refusals

    def answer(
        request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
    ) -> None:
        assert physical_id == "kept-listener"
        answers.append((status, reason))

    def only_served_at(arn: str, port: int) -> Collection[str]:
        assert (arn, port) == (BALANCER, 443)
        if denials:
            denials.pop()
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeListeners")
        return groups

    event: dict[str, Any] = {
        "RequestType": kind,
        "ResourceType": "Custom::GreenlightKeptListener",
        "ResponseURL": "https://answer",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "KeptListener",
        "ResourceProperties": {"LoadBalancerArn": BALANCER, "Https": https},
    }
    if kind != "Create":
        event["PhysicalResourceId"] = "kept-listener"
    serve(event, World(Balancers(old), only_served_at, lambda _: looks.pop(0), answer, FakeSurroundings()), 150.0)
    (said,) = answers
    return said


def test_a_listener_that_alone_serves_users_stays_and_says_what_to_do() -> None:
    status, reason = served("Update", "UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", groups=(GREEN, BLUE))

    assert status == "FAILED"
    assert reason == (
        "users reach shop-blue and shop-green by the listener on port 443 alone, which would be deleted with its rules."
        " Deploy with certificate_arn and production_port 80, run `greenlight repair` for each service whose rule does"
        " not follow, then deploy again"
    )


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_listener_without_users_of_its_own_goes(kind: str) -> None:
    assert served(kind, groups=()) == ("SUCCESS", "no users are served by port 443 alone")


@pytest.mark.parametrize("https", ["true", "false"])
def test_a_system_that_an_older_version_deployed_with_a_certificate_is_left_as_it_is(https: str) -> None:
    assert served("Create", https=https, old=True) == (
        "FAILED",
        "an older version deployed this load balancer with a certificate. Its two listeners cannot change places, and"
        " nothing was changed. Stay with that version, or build the load balancer anew, while users get no answer: turn"
        " its deletion protection off, run `npx cdk destroy GreenlightNetwork`, which leaves images and tables alone,"
        " and deploy again",
    )


def test_a_certificate_leaves_a_system_without_this_resource_no_sooner_than_its_users() -> None:
    assert served("Create", "UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", groups=(BLUE,))[1].startswith("users reach")


@pytest.mark.parametrize(
    ("port", "code", "old"), [(80, "HTTP_301", True), (80, "HTTP_302", False), (8080, "HTTP_301", False)]
)
def test_a_permanent_redirect_from_port_80_tells_an_older_version(port: int, code: str, old: bool) -> None:
    client = boto3.client("elbv2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    redirect = {"Type": "redirect", "RedirectConfig": {"StatusCode": code}}
    forward = {"Type": "forward", "TargetGroupArn": BLUE}
    listeners = [{"Port": 443, "DefaultActions": [forward]}, {"Port": port, "DefaultActions": [redirect]}]
    with Stubber(client) as stub:
        stub.add_response("describe_listeners", {"Listeners": listeners}, {"LoadBalancerArn": BALANCER})

        assert Elbv2LoadBalancers(client).redirects_for_good(BALANCER) is old


@pytest.mark.parametrize(("kind", "https"), [("Create", "true"), ("Update", "true"), ("Delete", "false")])
def test_nobody_is_looked_for_where_no_listener_goes(kind: str, https: str) -> None:
    assert served(kind, https=https) == ("SUCCESS", "no listener goes")


@pytest.mark.parametrize(
    "statuses", [["UPDATE_ROLLBACK_IN_PROGRESS"], ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"]]
)
def test_a_rollback_is_never_refused(statuses: list[str]) -> None:
    assert served("Update", *statuses) == ("SUCCESS", "rolling back")


def test_a_role_that_was_made_a_moment_ago_is_waited_for() -> None:
    assert served("Update", groups=(), refusals=3)[0] == "SUCCESS"
