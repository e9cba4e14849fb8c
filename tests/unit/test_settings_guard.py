"""Which changes of settings are refused, in which words, and what CloudFormation hears of it, without AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from settings_guard.handler import serve, world
from settings_guard.rules import RULES, refusal
from settings_guard.world import World
from traffic_switch.ports.answer import CloudFormationRequest

from stacks.recorded import fixed_settings, recorded
from stacks.settings import Settings
from tests.unit.fake_surroundings import FakeSurroundings

NETWORK = "GreenlightNetwork"
EC2 = {
    "compute": "ec2",
    "repositories": "own",
    "vpc_cidr": "10.20.0.0/16",
    "nat_gateways": "1",
    "container_port": "3000",
    "certificate_arn": "",
    "production_port": "80",
    "services.shop.blue_port": "3000",
    "services.shop.green_port": "3001",
    "services.shop.priority": "100",
}
SECURE = {**EC2, "certificate_arn": "arn:mine", "production_port": "443"}
FARGATE = {**EC2, "compute": "fargate"}


def refused(deployed: dict[str, str], **changed: str) -> str:
    """What is said to a change; `shop_blue_port` stands for `services.shop.blue_port`."""
    keys = {key: key.replace("shop_", "services.shop.").replace("report_", "services.report.") for key in changed}
    return refusal(deployed, {**deployed, **{keys[key]: value for key, value in changed.items()}}, NETWORK)


def test_a_refusal_names_the_key_both_values_the_reason_and_the_way_there() -> None:
    assert refused(EC2, vpc_cidr="10.30.0.0/16") == (
        "vpc_cidr is 10.20.0.0/16 as deployed, and 10.30.0.0/16 is asked for: a network cannot change its addresses"
        " while load balancer and services are in it. Keep what is deployed, or deploy it once more with -c"
        " deletion_protection=false, run `npx cdk destroy GreenlightNetwork`, which leaves images and tables alone, and"
        " deploy what is asked for"
    )


def test_the_way_there_names_the_stage() -> None:
    assert "run `npx cdk destroy GreenlightNetwork -c stage=staging`" in refused(
        EC2, compute="fargate", stage="staging"
    )


def test_what_has_one_reason_is_explained_once() -> None:
    said = refused(EC2, shop_blue_port="4000", shop_green_port="4001")

    assert said.startswith(
        "services.shop.blue_port is 3000 as deployed, and 4000 is asked for;"
        " services.shop.green_port is 3001 as deployed, and 4001 is asked for: a target group cannot change its port"
    )
    assert said.count("Keep what is deployed") == 1


def test_what_has_several_reasons_is_explained_one_after_the_other() -> None:
    said = refused(EC2, vpc_cidr="10.30.0.0/16", compute="fargate")

    assert said.count("Keep what is deployed") == 2
    assert "and deploy what is asked for. vpc_cidr is 10.20.0.0/16 as deployed, and 10.30.0.0/16 is asked" in said


def test_a_setting_that_is_left_out_is_none() -> None:
    said = refused(SECURE, certificate_arn="")

    assert said.startswith("certificate_arn is arn:mine as deployed, and none is asked for: users are served by")


@pytest.mark.parametrize(
    ("deployed", "change", "is_refused"),
    [
        (EC2, {"shop_blue_port": "4000"}, True),
        (EC2, {"certificate_arn": "arn:mine", "production_port": "443"}, False),
        (SECURE, {"certificate_arn": "arn:other"}, False),
        (SECURE, {"production_port": "80"}, False),
        (SECURE, {"certificate_arn": "", "production_port": "80"}, True),
        ({**SECURE, "production_port": "80"}, {"certificate_arn": ""}, False),
        (EC2, {"shop_green_port": "4000"}, True),
        (EC2, {"container_port": "4000"}, False),
        (FARGATE, {"shop_blue_port": "4000"}, False),
        (FARGATE, {"shop_green_port": "4000"}, False),
        (FARGATE, {"container_port": "4000"}, True),
        (EC2, {"compute": "fargate"}, True),
        (EC2, {"repositories": "shared"}, True),
        (FARGATE, {"compute": "ec2"}, True),
        (EC2, {"nat_gateways": "0"}, True),
        ({**EC2, "nat_gateways": "2"}, {"nat_gateways": "0"}, True),
        ({**EC2, "nat_gateways": "2"}, {"nat_gateways": "1"}, False),
        ({**EC2, "nat_gateways": "0"}, {"nat_gateways": "1"}, False),
        (EC2, {"shop_priority": "102"}, False),
        (EC2, {"waf": "false"}, False),
        (EC2, {}, False),
    ],
)
def test_what_cloudformation_could_not_follow_is_refused(
    deployed: dict[str, str], change: dict[str, str], is_refused: bool
) -> None:
    assert bool(refused(deployed, **change)) is is_refused


@pytest.mark.parametrize("before", [{"services.report.priority": "102"}, {}])
def test_a_service_cannot_take_the_priority_that_another_one_is_about_to_leave(before: dict[str, str]) -> None:
    said = refused({**EC2, **before}, shop_priority="104", report_priority="100")

    was = before.get("services.report.priority", "none")
    assert said.startswith(f"services.report.priority is {was} as deployed, and 100 is asked for: another service has")


def test_a_new_service_takes_any_port() -> None:
    assert not refused(EC2, report_blue_port="4000", report_green_port="4001", report_priority="102")


@pytest.mark.parametrize("deployed", [{}, {"compute": "ec2"}])
def test_what_was_not_recorded_may_be_anything(deployed: dict[str, str]) -> None:
    assert not refusal(deployed, {**EC2, "compute": "ec2"}, NETWORK)


def test_every_setting_that_says_it_is_fixed_has_a_rule_and_is_recorded() -> None:
    settings = Settings.from_context({"services": {"shop": {"blue_version": "1", "green_version": "1"}}})

    assert fixed_settings() == set(RULES)
    assert recorded(settings) == {**EC2, "nat_gateways": "0"}


class Guard:
    """The function's handler; `statuses` are what its looks at the stack find: whether it is rolling back."""

    def __init__(self, *statuses: bool) -> None:
        self._statuses: Iterator[bool] = iter(statuses)
        self.answers: list[tuple[str, str]] = []

    def serve(self, kind: str, before: object, wanted: object) -> tuple[str, str]:
        guarded = World(lambda _: next(self._statuses), self._answer, FakeSurroundings())
        serve(_event(kind, before, wanted), guarded, 150.0)
        ((status, reason),) = self.answers
        return status, reason

    def _answer(
        self, request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
    ) -> None:
        assert physical_id == "settings-guard"
        self.answers.append((status, reason))


def _event(kind: str, before: object, wanted: object) -> dict[str, Any]:
    request = {
        "RequestType": kind,
        "ResponseURL": "https://answer",
        "StackId": f"arn:aws:cloudformation:us-east-1:123456789012:stack/{NETWORK}/6f0e",
        "RequestId": "request-1",
        "LogicalResourceId": "Guard",
        "ResourceProperties": {"ServiceToken": "arn:function", "Settings": wanted},
    }
    if kind != "Create":
        request["PhysicalResourceId"] = "settings-guard"
    if kind == "Update":
        request["OldResourceProperties"] = {"ServiceToken": "arn:function", "Settings": before}
    return request


CHANGED = {**EC2, "vpc_cidr": "10.30.0.0/16"}


class Stacks:
    """CloudFormation's client, with one stack."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"Stacks": [{"StackStatus": f"UPDATE_{StackName}_IN_PROGRESS"}]}


@pytest.mark.parametrize(("stack", "goes_back"), [("ROLLBACK", True), ("FORWARD", False)])
def test_the_stack_itself_is_asked_whether_it_goes_back(stack: str, goes_back: bool) -> None:
    around = FakeSurroundings(clients={"cloudformation": Stacks()})

    assert world(around).is_rolling_back(stack) is goes_back


def test_an_update_that_goes_forward_is_refused() -> None:
    status, reason = Guard(False, False).serve("Update", EC2, CHANGED)

    assert status == "FAILED"
    assert reason == refusal(EC2, CHANGED, NETWORK)


@pytest.mark.parametrize("looks", [(True,), (False, True)], ids=["at once", "by the second look"])
def test_a_rollback_to_the_values_of_before_passes(looks: tuple[bool, ...]) -> None:
    assert Guard(*looks).serve("Update", CHANGED, EC2) == ("SUCCESS", "rolling back")


def test_an_update_that_changes_nothing_fixed_asks_nobody() -> None:
    assert Guard().serve("Update", EC2, EC2)[0] == "SUCCESS"


@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_the_first_deploy_and_the_last_pass(kind: str) -> None:
    assert Guard().serve(kind, None, EC2)[0] == "SUCCESS"


@pytest.mark.parametrize("malformed", [None, "text", []])
def test_properties_that_hold_no_settings_stop_nothing(malformed: object) -> None:
    assert Guard().serve("Update", malformed, EC2)[0] == "SUCCESS"
    assert Guard().serve("Update", EC2, malformed)[0] == "SUCCESS"
