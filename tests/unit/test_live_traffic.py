"""Who has users, by all rules of a load balancer and whatever their shape."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from live_traffic.listener import Listeners

PLACE = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
LISTENER, OTHER = f"{PLACE}:listener/app/front/1/2", f"{PLACE}:listener/app/front/1/3"
BALANCER = f"{PLACE}:loadbalancer/app/front/1"
LISTENERS = {"LoadBalancerArn": BALANCER}


def forward(**weights: int) -> dict[str, Any]:
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def rule(*actions: dict[str, Any], header: str = "") -> dict[str, Any]:
    """A rule for all paths, or one that also asks for a header."""
    conditions = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]
    if header:
        conditions.append({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": header, "Values": ["x"]}})
    return {"RuleArn": "arn:rule", "Priority": "100", "Conditions": conditions, "Actions": list(actions)}


def weights(*pages: list[dict[str, Any]]) -> dict[str, int]:
    client = boto3.client("elbv2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_response("describe_listeners", {"Listeners": [{"ListenerArn": LISTENER, "Port": 443}]}, LISTENERS)
        for number, page in enumerate(pages):
            answer = {"Rules": page, **({"NextMarker": f"page-{number + 1}"} if number + 1 < len(pages) else {})}
            marker = {"Marker": f"page-{number}"} if number else {}
            stub.add_response("describe_rules", answer, {"ListenerArn": LISTENER, **marker})
        return dict(Listeners(client, BALANCER).weights())


def test_the_production_rule_says_who_has_users() -> None:
    assert weights([rule(forward(blue=100, green=0))]) == {"blue": 100, "green": 0}


@pytest.mark.parametrize("header", ["X-Greenlight-Preview", "x-greenlight-preview"])
def test_the_way_in_for_smoke_tests_leads_no_users(header: str) -> None:
    assert weights([rule(forward(green=1), header=header)]) == {}


def test_a_rule_that_a_person_added_for_another_header_counts() -> None:
    assert weights([rule(forward(green=1), header="X-Beta")]) == {"green": 1}


def test_a_rule_that_is_still_on_the_other_listener_counts() -> None:
    client = boto3.client("elbv2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        listeners = [{"ListenerArn": LISTENER, "Port": 443}, {"ListenerArn": OTHER, "Port": 80}]
        stub.add_response("describe_listeners", {"Listeners": listeners}, LISTENERS)
        stub.add_response("describe_rules", {"Rules": [rule(forward(green=100))]}, {"ListenerArn": LISTENER})
        stub.add_response("describe_rules", {"Rules": [rule(forward(blue=100))]}, {"ListenerArn": OTHER})

        assert Listeners(client, BALANCER).weights() == {"green": 100, "blue": 100}


def test_a_listener_that_alone_has_users_of_a_group_is_known_by_its_port() -> None:
    client = boto3.client("elbv2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        listeners = [{"ListenerArn": LISTENER, "Port": 443}, {"ListenerArn": OTHER, "Port": 80}]
        stub.add_response("describe_listeners", {"Listeners": listeners}, LISTENERS)
        secure = [rule(forward(both=100, here=100, idle=0)), rule(forward(green=1), header="X-Greenlight-Preview")]
        stub.add_response("describe_rules", {"Rules": secure}, {"ListenerArn": LISTENER})
        stub.add_response("describe_rules", {"Rules": [rule(forward(both=100, there=1))]}, {"ListenerArn": OTHER})

        assert Listeners(client, BALANCER).only_served_at(443) == {"here"}


def test_of_several_rules_the_largest_weight_counts() -> None:
    assert weights([rule(forward(blue=100, green=0)), rule(forward(blue=0, green=7))]) == {"blue": 100, "green": 7}


def test_a_rule_on_a_later_page_counts() -> None:
    assert weights([rule(forward(blue=100))], [rule(forward(green=3))]) == {"blue": 100, "green": 3}


def test_a_forward_to_one_group_counts_in_either_form_of_the_api() -> None:
    short = {"Type": "forward", "TargetGroupArn": "blue"}
    without_weight = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "green"}]}}

    assert weights([rule(short), rule(without_weight)]) == {"blue": 1, "green": 1}


def test_a_forward_behind_a_sign_in_counts() -> None:
    sign_in = {"Type": "authenticate-oidc", "Order": 1}

    assert weights([rule(sign_in, forward(blue=100))]) == {"blue": 100}


@pytest.mark.parametrize("kind", ["redirect", "fixed-response"])
def test_a_rule_that_forwards_nobody_gives_nobody_users(kind: str) -> None:
    assert weights([rule({"Type": kind})]) == {}
