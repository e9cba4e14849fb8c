"""Who may change what of a load balancer, and in which words the others are denied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.elbv2_calls import refusal, weights
from tests.rehearsal.load_balancing import ANY_PATH, Shop
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


def test_without_the_permission_a_shift_is_denied_as_on_aws(shop: Shop) -> None:
    elb = shop.cloud.user("elbv2", "viewer", ["elasticloadbalancing:Describe*"])
    user = "arn:aws:iam::000000000000:user/viewer"

    assert elb.describe_rules(ListenerArn=shop.listener)["Rules"]
    assert refusal(lambda: elb.modify_rule(RuleArn=shop.rule, Actions=shop.forward(0, 1))) == (
        "AccessDenied",
        f"User: {user} is not authorized to perform: elasticloadbalancing:ModifyRule on resource: {shop.rule} "
        "because no identity-based policy allows the elasticloadbalancing:ModifyRule action",
    )
    assert weights(shop) == [100, 0]


def test_a_permission_for_the_rules_arn_is_enough(shop: Shop) -> None:
    rules = shop.listener.replace(":listener/", ":listener-rule/") + "/*"
    elb = shop.cloud.user("elbv2", "switch", ["elasticloadbalancing:ModifyRule"], rules)

    elb.modify_rule(RuleArn=shop.rule, Actions=shop.forward(0, 1))

    assert weights(shop) == [0, 1]


def test_moving_a_rule_to_another_priority_is_a_permission_of_its_own(shop: Shop) -> None:
    rules = shop.listener.replace(":listener/", ":listener-rule/") + "/*"
    moved = [{"RuleArn": shop.rule, "Priority": 200}]
    writer = shop.cloud.user("elbv2", "writer", ["elasticloadbalancing:ModifyRule"], rules)
    mover = shop.cloud.user("elbv2", "mover", ["elasticloadbalancing:SetRulePriorities"], rules)

    assert refusal(lambda: writer.set_rule_priorities(RulePriorities=moved))[0] == "AccessDenied"
    mover.set_rule_priorities(RulePriorities=moved)

    assert shop.elb.describe_rules(RuleArns=[shop.rule])["Rules"][0]["Priority"] == "200"


def test_creating_a_rule_needs_the_listener(shop: Shop) -> None:
    elb = shop.cloud.user("elbv2", "creator", ["elasticloadbalancing:CreateRule"], shop.listener)

    elb.create_rule(ListenerArn=shop.listener, Priority=7, Conditions=ANY_PATH, Actions=shop.forward(0, 1))

    other = Shop(shop.cloud)
    assert (
        refusal(lambda: elb.create_rule(ListenerArn=other.listener, Priority=7, Conditions=ANY_PATH, Actions=[]))[0]
        == "AccessDenied"
    )
    other.delete()
