"""Actions and priorities that Elastic Load Balancing refuses, and that leave the balancer as it was.

AWS: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html and API_SetRulePriorities.html. The
texts of status codes, content types and priorities that are given twice are in getmoto/moto, moto/elbv2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.elbv2_calls import PREVIEW, refusal, weights
from tests.rehearsal.load_balancing import Shop
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


def fixed(**changes: str) -> list[dict[str, Any]]:
    return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", **changes}}]


def redirect(**config: str) -> list[dict[str, Any]]:
    return [{"Type": "redirect", "RedirectConfig": config}]


@pytest.mark.parametrize(
    ("actions", "code", "said"),
    [
        ([], "ValidationError", "An action must be specified"),
        ([{"Type": "send"}], "ValidationError", "Value 'send' at 'actions.1.member.type'"),
        ([FIXED, FIXED], "InvalidLoadBalancerAction", "exactly one"),
        ([{"Type": "authenticate-oidc"}], "InvalidLoadBalancerAction", "exactly one"),
        ([{"Type": "redirect"}], "ValidationError", "A redirect configuration must be specified"),
        (redirect(StatusCode="200"), "ValidationError", "'actions.1.member.redirectConfig.statusCode'"),
        (redirect(StatusCode="HTTP_301"), "InvalidLoadBalancerAction", "creates a loop"),
        ([{"Type": "fixed-response"}], "ValidationError", "A fixed response configuration must be specified"),
        (fixed(StatusCode="100"), "ValidationError", "'actions.1.member.fixedResponseConfig.statusCode'"),
        (fixed(ContentType="text/junk"), "InvalidLoadBalancerAction", "The ContentType must be one of:'text/html', "),
        (fixed(MessageBody="x" * 1025), "ValidationError", "Member must have length less than or equal to 1024"),
    ],
)
def test_actions_that_no_rule_has_are_refused(shop: Shop, actions: list[Any], code: str, said: str) -> None:
    refused, message = refusal(lambda: shop.add_rule(1, actions, PREVIEW))

    assert (refused, said in message) == (code, True)
    shop.shift(30, 70)
    assert weights(shop) == [30, 70]


def test_a_listener_has_an_action(shop: Shop) -> None:
    def create() -> Any:
        return shop.elb.create_listener(LoadBalancerArn=shop.arn, Port=81, Protocol="HTTP", DefaultActions=[])

    assert refusal(create) == ("ValidationError", "An action must be specified")


def test_a_listener_changes_its_port_and_keeps_its_actions(shop: Shop) -> None:
    before = shop.elb.describe_listeners(ListenerArns=[shop.listener])["Listeners"][0]

    after = shop.elb.modify_listener(ListenerArn=shop.listener, Port=81)["Listeners"][0]

    assert after == {**before, "Port": 81}


def test_an_action_names_one_target_group_in_both_its_places(shop: Shop) -> None:
    other = [{**shop.forward(1, 1)[0], "TargetGroupArn": shop.blue.arn}]

    assert refusal(lambda: shop.add_rule(1, other, PREVIEW))[0] == "ValidationError"


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ([], "ValidationError", "A rule priority must be specified"),
        ([("rule", 50_001)], "ValidationError", "Priority '50001' must be between 1 and 50000"),
        ([("rule", 4), ("rule", 5)], "ValidationError", "was provided multiple times"),
        ([("rule", 4), ("other", 4)], "ValidationError", "Priority '4' was provided multiple times"),
        ([("default", 4)], "OperationNotPermitted", "cannot be modified"),
    ],
)
def test_priorities_that_no_rules_have_are_refused(
    shop: Shop, given: list[tuple[str, int]], code: str, said: str
) -> None:
    other = shop.add_rule(10, shop.forward(1, 1), PREVIEW)
    default = shop.elb.describe_rules(ListenerArn=shop.listener)["Rules"][-1]["RuleArn"]
    arns = {"rule": shop.rule, "other": other, "default": default}
    wanted = [{"RuleArn": arns[name], "Priority": priority} for name, priority in given]

    refused, message = refusal(lambda: shop.elb.set_rule_priorities(RulePriorities=wanted))

    assert (refused, said in message) == (code, True)
