"""Elastic Load Balancing's API: what it refuses and in which words, and what it returns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.elbv2_calls import PREVIEW, forward, refusal, weights
from tests.rehearsal.load_balancing import Shop
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


def test_rules_and_listeners_are_returned_as_aws_returns_them(shop: Shop) -> None:
    sticky = {"Enabled": True, "DurationSeconds": 60}
    actions = forward((shop.blue.arn, 90), (shop.green.arn, 10))
    actions[0]["ForwardConfig"]["TargetGroupStickinessConfig"] = sticky
    shop.elb.modify_rule(RuleArn=shop.rule, Actions=actions)
    shop.elb.modify_listener(
        ListenerArn=shop.listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": shop.blue.arn}]
    )

    rule, default = shop.elb.describe_rules(ListenerArn=shop.listener)["Rules"]
    listener = shop.elb.describe_listeners(ListenerArns=[shop.listener])["Listeners"][0]

    assert rule["Actions"] == [{"Type": "forward", "Order": 1, "ForwardConfig": actions[0]["ForwardConfig"]}]
    alone = {
        "Type": "forward",
        "Order": 1,
        "TargetGroupArn": shop.blue.arn,
        "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": shop.blue.arn, "Weight": 1}],
            "TargetGroupStickinessConfig": {"Enabled": False},
        },
    }
    assert listener["DefaultActions"] == default["Actions"] == [alone]


@pytest.mark.parametrize("weight", [-1, 1000])
def test_a_weight_out_of_range_is_refused_and_changes_nothing(shop: Shop, weight: int) -> None:
    assert refusal(lambda: shop.shift(weight, 0)) == (
        "ValidationError",
        "The weight for each target group must be between 0 and 999, inclusive",
    )
    assert weights(shop) == [100, 0]


def test_an_unknown_target_group_is_refused(shop: Shop) -> None:
    unknown = shop.blue.arn[:-1] + "_"

    assert refusal(lambda: shop.elb.modify_rule(RuleArn=shop.rule, Actions=forward((unknown, 1)))) == (
        "TargetGroupNotFound",
        f"Target groups '{unknown}' not found",
    )


def test_an_action_has_up_to_five_target_groups(shop: Shop) -> None:
    groups = [shop.group(str(number)).arn for number in range(6)]

    code, _ = refusal(lambda: shop.elb.modify_rule(RuleArn=shop.rule, Actions=forward(*((arn, 1) for arn in groups))))

    assert code == "TooManyTargetGroups"


def test_a_priority_is_taken_once(shop: Shop) -> None:
    assert refusal(lambda: shop.add_rule(100, shop.forward(1, 1))) == (
        "PriorityInUse",
        "Priority '100' is currently in use",
    )


def test_priorities_are_exchanged_together_or_not_at_all(shop: Shop) -> None:
    other = shop.add_rule(10, shop.forward(1, 1), PREVIEW)
    swapped = [{"RuleArn": shop.rule, "Priority": 10}, {"RuleArn": other, "Priority": 100}]

    assert refusal(lambda: shop.elb.set_rule_priorities(RulePriorities=swapped[:1]))[0] == "PriorityInUse"
    shop.elb.set_rule_priorities(RulePriorities=swapped)

    found = shop.elb.describe_rules(ListenerArn=shop.listener)["Rules"]
    assert {each["RuleArn"]: each["Priority"] for each in found[:2]} == {shop.rule: "10", other: "100"}


def test_the_conditions_of_a_rule_change_without_its_action_and_the_action_without_them(shop: Shop) -> None:
    paths = [{"Field": "path-pattern", "Values": ["/shop/*", "/shop"]}]

    shop.elb.modify_rule(RuleArn=shop.rule, Conditions=paths)

    assert weights(shop) == [100, 0]
    shop.shift(30, 70)
    (rule,) = shop.elb.describe_rules(RuleArns=[shop.rule])["Rules"]
    assert rule["Conditions"] == [{**paths[0], "PathPatternConfig": {"Values": ["/shop/*", "/shop"]}}]
    assert weights(shop) == [30, 70]


def test_a_listener_lists_its_rules_by_priority_and_the_default_last(shop: Shop) -> None:
    for priority in (1000, 20, 300):
        shop.add_rule(priority, shop.forward(1, 1), PREVIEW)

    found = shop.elb.describe_rules(ListenerArn=shop.listener)["Rules"]

    assert [rule["Priority"] for rule in found] == ["20", "100", "300", "1000", "default"]
    assert [rule["IsDefault"] for rule in found] == [False] * 4 + [True]


def test_rules_that_are_gone_are_not_found(shop: Shop) -> None:
    shop.elb.delete_rule(RuleArn=shop.rule)

    for call in (
        lambda: shop.shift(1, 1),
        lambda: shop.elb.delete_rule(RuleArn=shop.rule),
        lambda: shop.elb.describe_rules(RuleArns=[shop.rule]),
    ):
        assert refusal(call) == ("RuleNotFound", "One or more rules not found")


def test_listeners_that_are_gone_are_not_found(shop: Shop) -> None:
    shop.elb.delete_listener(ListenerArn=shop.listener)

    for call in (
        lambda: shop.add_rule(1, shop.forward(1, 1)),
        lambda: shop.elb.describe_rules(ListenerArn=shop.listener),
        lambda: shop.elb.describe_listeners(ListenerArns=[shop.listener]),
    ):
        assert refusal(call) == ("ListenerNotFound", "One or more listeners not found")


def test_a_group_is_in_use_even_with_weight_0(shop: Shop) -> None:
    assert refusal(lambda: shop.elb.delete_target_group(TargetGroupArn=shop.green.arn)) == (
        "ResourceInUse",
        f"Target group '{shop.green.arn}' is currently in use by a listener or a rule",
    )


def test_a_port_has_one_listener(shop: Shop) -> None:
    def second() -> Any:
        return shop.elb.create_listener(
            LoadBalancerArn=shop.arn, Port=80, Protocol="HTTP", DefaultActions=forward((shop.blue.arn, 1))
        )

    assert refusal(second)[0] == "DuplicateListener"


def test_a_group_belongs_to_one_load_balancer(shop: Shop) -> None:
    other = Shop(shop.cloud)

    code, message = refusal(lambda: other.add_rule(1, forward((shop.blue.arn, 1)), PREVIEW))

    assert (code, shop.blue.arn in message) == ("TargetGroupAssociationLimit", True)
    other.delete()


def test_a_protected_load_balancer_stays(shop: Shop) -> None:
    def protect(value: str) -> None:
        attribute = {"Key": "deletion_protection.enabled", "Value": value}
        shop.elb.modify_load_balancer_attributes(LoadBalancerArn=shop.arn, Attributes=[attribute])

    protect("true")
    code, message = refusal(lambda: shop.elb.delete_load_balancer(LoadBalancerArn=shop.arn))
    protect("false")

    assert (code, message.endswith("cannot be deleted because deletion protection is enabled")) == (
        "OperationNotPermitted",
        True,
    )


def test_a_condition_that_there_is_not_is_refused(shop: Shop) -> None:
    code, message = refusal(lambda: shop.add_rule(1, shop.forward(1, 1), [{"Field": "cookie", "Values": ["a"]}]))

    assert (code, message.startswith("Condition field 'cookie' must be one of '[")) == ("ValidationError", True)


def test_target_groups_have_every_attribute(shop: Shop) -> None:
    found = shop.elb.describe_target_group_attributes(TargetGroupArn=shop.blue.arn)["Attributes"]

    assert {"Key": "stickiness.enabled", "Value": "false"} in found
    assert {"Key": "load_balancing.algorithm.type", "Value": "round_robin"} in found


def test_a_target_is_an_id_and_a_port(shop: Shop) -> None:
    ports = [{"Id": "172.31.0.5", "Port": port} for port in (3000, 3001)]
    shop.elb.register_targets(TargetGroupArn=shop.blue.arn, Targets=ports)
    shop.elb.deregister_targets(TargetGroupArn=shop.blue.arn, Targets=ports[:1])

    found = shop.elb.describe_target_health(TargetGroupArn=shop.blue.arn)["TargetHealthDescriptions"]

    assert [(each["Target"]["Port"], each["TargetHealth"]["State"]) for each in found] == [
        (3001, "initial"),
        (3000, "draining"),
    ]


def test_a_second_listener_has_a_port_of_its_own(shop: Shop) -> None:
    shop.elb.create_listener(
        LoadBalancerArn=shop.arn, Port=8080, Protocol="HTTP", DefaultActions=forward((shop.blue.arn, 1))
    )
    listeners = shop.cloud.control("edge")["listeners"]

    ports = {each["port"]: each["real_port"] for each in listeners if f"/{shop.name}/" in each["load_balancer"]}
    assert ports[80] == shop.port
    assert ports[8080] not in (shop.port, 8080)
