"""The settings guard comes before everything that a refused change must not touch, and may do hardly anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack

from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, properties, text

GUARD = "Custom::GreenlightSettingsGuard"


@pytest.fixture
def network(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightNetwork"]


def _guard(template: Template) -> tuple[str, dict[str, Any]]:
    ((name, resource),) = ((n, r) for n, r in template["Resources"].items() if r["Type"] == GUARD)
    return name, resource["Properties"]


@pytest.mark.parametrize("flags", [{}, {"compute": "fargate", "nat_gateways": "2"}], ids=["ec2", "fargate with nat"])
def test_nothing_of_the_network_changes_before_the_guard_has_agreed(
    synthesize: Synthesize, flags: dict[str, str]
) -> None:
    template = synthesize(**flags)["GreenlightNetwork"]
    guard, _ = _guard(template)
    kinds = {name: each["Type"] for name, each in template["Resources"].items()}

    first = [name for name, each in template["Resources"].items() if guard not in each.get("DependsOn", [])]
    assert {kinds[name] for name in first} == {
        "AWS::IAM::Role",
        "AWS::IAM::Policy",
        "AWS::Logs::LogGroup",
        "AWS::Lambda::Function",
        GUARD,
    }
    assert len(first) == 5


def test_every_stack_that_a_fixed_setting_reaches_comes_after_the_network(
    synthesize: Synthesize, built: Callable[..., App]
) -> None:
    before, other = synthesize(), synthesize(compute="fargate", nat_gateways="2", vpc_cidr="10.30.0.0/16")

    reached = {name for name in before.keys() & other.keys() if text(before[name]) != text(other[name])}
    stacks = {stack.node.id: stack for stack in built().node.children if isinstance(stack, Stack)}
    after = {name for name, stack in stacks.items() if _reaches(stack, stacks["GreenlightNetwork"])}
    assert reached - {"GreenlightNetwork"} <= after
    assert before.keys() - after == {"GreenlightNetwork", "GreenlightRegistry", "GreenlightData"}


def test_what_is_recorded_are_the_settings_of_the_deploy(synthesize: Synthesize) -> None:
    _, recorded = _guard(synthesize(**{"vpc_cidr": "10.30.0.0/16", "shop.blue_port": "4000"})["GreenlightNetwork"])

    assert recorded["Settings"]["vpc_cidr"] == "10.30.0.0/16"
    assert recorded["Settings"]["services.shop.blue_port"] == "4000"


def test_the_guard_may_look_at_its_own_stack_and_write_its_own_log(network: Template) -> None:
    (policy,) = (
        each["PolicyDocument"]["Statement"]
        for each in properties(network, "IAM::Policy")
        if "cloudformation" in str(each["PolicyDocument"])
    )

    assert {action for each in policy for action in _listed(each["Action"])} == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "cloudformation:DescribeStacks",
    }
    (look,) = (each for each in policy if "cloudformation:DescribeStacks" in _listed(each["Action"]))
    assert look["Resource"] == {"Ref": "AWS::StackId"}


def _reaches(stack: Stack, other: Stack) -> bool:
    return any(needed is other or _reaches(needed, other) for needed in stack.dependencies)


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
