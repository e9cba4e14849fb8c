"""The function that rotates the preview header: what it may do, when it looks, and that it comes before the rules."""

from __future__ import annotations

import json

import pytest
from greenlight_cdk.names import PREVIEW_TAG

from tests.synth.compute import custom, listed, needs, policy_statements, statements
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, only, properties, resources, text

KEYS = "Custom::GreenlightPreviewKeys"
RULE = "ElasticLoadBalancingV2::ListenerRule"


@pytest.fixture
def edge(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightEdge"]


def variables(edge: Template) -> dict[str, str]:
    """The environment of the function."""
    (found,) = (each for name, each in resources(edge, "Lambda::Function").items() if name.startswith("PreviewKeys"))
    told: dict[str, str] = found["Properties"]["Environment"]["Variables"]
    return told


def test_it_may_change_the_one_secret_and_preview_rules(edge: Template) -> None:
    (secret,) = resources(edge, "SecretsManager::Secret")
    allowed = {
        action: each for action, each in statements(edge, "PreviewKeys").items() if not action.startswith("logs:")
    }
    rules = text(allowed.pop("elasticloadbalancing:ModifyRule"))

    assert ":listener-rule/" in rules
    assert "LoadBalancerFullName" in rules
    assert allowed == {
        **{
            f"secretsmanager:{action}": {"Ref": secret}
            for action in ("GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
        },
        "elasticloadbalancing:DescribeListeners": "*",
        "elasticloadbalancing:DescribeRules": "*",
    }


def test_the_rotation_changes_rules_with_the_preview_tag_alone(edge: Template) -> None:
    (changing,) = (
        each
        for each in policy_statements(edge, "PreviewKeys")
        if "elasticloadbalancing:ModifyRule" in listed(each["Action"])
    )
    tags = [rule["Tags"] for rule in properties(edge, RULE)]

    assert changing["Condition"] == {"Null": {f"aws:ResourceTag/{PREVIEW_TAG}": "false"}}
    assert tags == [[{"Key": PREVIEW_TAG, "Value": color}] for color in ("blue", "green")]


def test_nobody_else_may_write_the_secret(synthesize: Synthesize) -> None:
    writing = {
        role["Ref"]
        for template in synthesize().values()
        for policy in properties(template, "IAM::Policy")
        for role in policy["Roles"]
        if "secretsmanager:Put" in text(policy) or "secretsmanager:Update" in text(policy)
    }

    assert {name[:11] for name in writing} == {"PreviewKeys"}
    assert len(writing) == 1


def test_values_are_made_before_rules_refer_to_them(edge: Template) -> None:
    (made,) = custom(edge, KEYS)

    assert all(made in needs(edge, rule) for rule in resources(edge, RULE))


def test_a_service_that_comes_has_its_values_made(synthesize: Synthesize) -> None:
    service = {"blue_version": "1", "green_version": "1", "source": "services/shop"}
    services = {
        "shop": service,
        "report": {**service, "priority": 98, "paths": ["/r"], "blue_port": 4000, "green_port": 4001},
    }
    edge = synthesize(services=json.dumps(services))["GreenlightEdge"]
    names = ["shop-blue", "shop-green", "report-blue", "report-green"]
    (made,) = custom(edge, KEYS).values()

    assert made["Properties"]["Names"] == names
    assert variables(edge)["GREENLIGHT_PREVIEW_NAMES"] == ",".join(names)


@pytest.mark.parametrize("days", ["0", "90"])
def test_how_often_values_are_rotated_is_a_setting(synthesize: Synthesize, days: str) -> None:
    assert variables(synthesize(preview_rotation_days=days)["GreenlightEdge"])["GREENLIGHT_ROTATION_DAYS"] == days


def test_a_look_every_half_hour_rotates_and_retires(edge: Template) -> None:
    schedule = only(edge, "Events::Rule")

    assert schedule["ScheduleExpression"] == "rate(30 minutes)"
    assert "PreviewKeysFunction" in text(schedule["Targets"])


def test_the_function_waits_for_the_load_balancer_as_a_switch_does(synthesize: Synthesize) -> None:
    edge = synthesize(confirm_deadline_seconds="580")["GreenlightEdge"]
    (function,) = (
        each["Properties"]
        for name, each in resources(edge, "Lambda::Function").items()
        if name.startswith("PreviewKeysFunction")
    )

    assert variables(edge)["GREENLIGHT_SPREAD_SECONDS"] == "580"
    assert 580 < function["Timeout"] <= 900
