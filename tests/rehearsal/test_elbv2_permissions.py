"""Who may change what of a load balancer, and in which words the others are denied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from greenlight.rehearsal.account import REGION
from tests.rehearsal.elbv2_calls import refusal, weights
from tests.rehearsal.load_balancing import ANY_PATH, Shop
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


def user_who_may(cloud: LocalCloud, name: str, action: str, resource: str) -> tuple[str, Any]:
    """Create a user who may do one thing, and return its ARN and its client."""
    iam: Any = cloud.client("iam")
    user = iam.create_user(UserName=name)["User"]
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    client = boto3.client(
        "elbv2",
        endpoint_url=cloud.endpoint,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    return user["Arn"], client


def test_without_the_permission_a_shift_is_denied_as_on_aws(shop: Shop) -> None:
    user, elb = user_who_may(shop.cloud, "viewer", "elasticloadbalancing:Describe*", "*")

    assert elb.describe_rules(ListenerArn=shop.listener)["Rules"]
    assert refusal(lambda: elb.modify_rule(RuleArn=shop.rule, Actions=shop.forward(0, 1))) == (
        "AccessDenied",
        f"User: {user} is not authorized to perform: elasticloadbalancing:ModifyRule on resource: {shop.rule} "
        "because no identity-based policy allows the elasticloadbalancing:ModifyRule action",
    )
    assert weights(shop) == [100, 0]


def test_a_permission_for_the_rules_arn_is_enough(shop: Shop) -> None:
    rules = shop.listener.replace(":listener/", ":listener-rule/") + "/*"
    _, elb = user_who_may(shop.cloud, "switch", "elasticloadbalancing:ModifyRule", rules)

    elb.modify_rule(RuleArn=shop.rule, Actions=shop.forward(0, 1))

    assert weights(shop) == [0, 1]


def test_creating_a_rule_needs_the_listener(shop: Shop) -> None:
    _, elb = user_who_may(shop.cloud, "creator", "elasticloadbalancing:CreateRule", shop.listener)

    elb.create_rule(ListenerArn=shop.listener, Priority=7, Conditions=ANY_PATH, Actions=shop.forward(0, 1))

    other = Shop(shop.cloud)
    assert (
        refusal(lambda: elb.create_rule(ListenerArn=other.listener, Priority=7, Conditions=ANY_PATH, Actions=[]))[0]
        == "AccessDenied"
    )
    other.delete()
