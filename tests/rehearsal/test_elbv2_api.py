"""Elastic Load Balancing's API and CloudFormation types: what they refuse and in which words, and what they return."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from greenlight.rehearsal.account import REGION
from tests.rehearsal.load_balancing import ANY_PATH, Shop
from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

PREVIEW = [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Preview", "Values": ["blue"]}}]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


@pytest.fixture
def shop(cloud: LocalCloud) -> Iterator[Shop]:
    shop = Shop(cloud)
    yield shop
    shop.delete()


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    """The code and the message of what a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def forward(*groups: tuple[str, int]) -> list[dict[str, Any]]:
    tuples = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in groups]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": tuples}}]


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
    assert _weights(shop) == [100, 0]


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


def test_a_condition_that_could_not_be_rehearsed_is_refused(shop: Shop) -> None:
    source = [{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}]

    code, message = refusal(lambda: shop.add_rule(1, shop.forward(1, 1), source))

    assert (code, "cannot tell a 'source-ip' condition" in message) == ("ValidationError", True)


def test_target_groups_have_every_attribute(shop: Shop) -> None:
    found = shop.elb.describe_target_group_attributes(TargetGroupArn=shop.blue.arn)["Attributes"]

    assert {"Key": "stickiness.enabled", "Value": "false"} in found
    assert {"Key": "load_balancing.algorithm.type", "Value": "round_robin"} in found


def test_a_target_is_an_id_and_a_port(shop: Shop) -> None:
    ports = [{"Id": "10.20.0.5", "Port": port} for port in (3000, 3001)]
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
    with urllib.request.urlopen(f"{shop.cloud.endpoint}/_greenlight/edge", timeout=5) as answer:
        listeners = json.loads(answer.read())["listeners"]

    ports = {each["port"]: each["real_port"] for each in listeners if _name_of(shop) in each["load_balancer"]}
    assert ports[80] == shop.port
    assert ports[8080] not in (shop.port, 8080)


def test_without_the_permission_a_shift_is_denied_as_on_aws(shop: Shop) -> None:
    user, elb = _user(shop.cloud, "viewer", "elasticloadbalancing:Describe*", "*")

    assert elb.describe_rules(ListenerArn=shop.listener)["Rules"]
    assert refusal(lambda: elb.modify_rule(RuleArn=shop.rule, Actions=shop.forward(0, 1))) == (
        "AccessDenied",
        f"User: {user} is not authorized to perform: elasticloadbalancing:ModifyRule on resource: {shop.rule} "
        "because no identity-based policy allows the elasticloadbalancing:ModifyRule action",
    )
    assert _weights(shop) == [100, 0]


def test_a_permission_for_the_rules_arn_is_enough(shop: Shop) -> None:
    rules = shop.listener.replace(":listener/", ":listener-rule/") + "/*"
    _, elb = _user(shop.cloud, "switch", "elasticloadbalancing:ModifyRule", rules)

    elb.modify_rule(RuleArn=shop.rule, Actions=shop.forward(0, 1))

    assert _weights(shop) == [0, 1]


def test_creating_a_rule_needs_the_listener(shop: Shop) -> None:
    _, elb = _user(shop.cloud, "creator", "elasticloadbalancing:CreateRule", shop.listener)

    elb.create_rule(ListenerArn=shop.listener, Priority=7, Conditions=ANY_PATH, Actions=shop.forward(0, 1))

    other = Shop(shop.cloud)
    assert (
        refusal(lambda: elb.create_rule(ListenerArn=other.listener, Priority=7, Conditions=ANY_PATH, Actions=[]))[0]
        == "AccessDenied"
    )
    other.delete()


def template(blue: Any, green: Any, target: str = "10.20.0.7") -> str:
    """A load balancer with a weighted rule, and a target in the blue group."""
    groups = [
        {"TargetGroupArn": {"Ref": name}, "Weight": weight} for name, weight in (("Blue", blue), ("Green", green))
    ]
    group = {"Port": 3000, "Protocol": "HTTP", "VpcId": "vpc-1", "TargetType": "ip", "HealthCheckPath": "/health"}
    delay = {"TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}]}
    none = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "no rule"}}
    kinds = {
        "Balancer": ("LoadBalancer", {"Subnets": ["subnet-1", "subnet-2"]}),
        "Blue": ("TargetGroup", {**group, **delay, "Targets": [{"Id": target}]}),
        "Green": ("TargetGroup", group),
        "Listener": (
            "Listener",
            {"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 80, "Protocol": "HTTP", "DefaultActions": [none]},
        ),
        "Rule": (
            "ListenerRule",
            {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 100,
                "Conditions": PREVIEW,
                "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
            },
        ),
    }
    resources = {
        name: {"Type": f"AWS::ElasticLoadBalancingV2::{kind}", "Properties": properties}
        for name, (kind, properties) in kinds.items()
    }
    outputs = {
        "Url": {"Value": {"Fn::Join": ["", ["http://", {"Fn::GetAtt": ["Balancer", "DNSName"]}, "/"]]}},
        "Rule": {"Value": {"Ref": "Rule"}},
        "Blue": {"Value": {"Ref": "Blue"}},
    }
    return json.dumps({"Resources": resources, "Outputs": outputs})


class Stack:
    """A CloudFormation stack for one test."""

    def __init__(self, cloud: LocalCloud, name: str, body: str) -> None:
        self._stacks: Any = cloud.client("cloudformation")
        self._name = name
        self._stacks.create_stack(StackName=name, TemplateBody=body)

    def update(self, body: str) -> None:
        self._stacks.update_stack(StackName=self._name, TemplateBody=body)

    def settled(self) -> str:
        return str(eventually(lambda: self._status() if not self._status().endswith("IN_PROGRESS") else None))

    def outputs(self) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self._look()["Outputs"]}

    def reasons(self) -> list[str]:
        events = self._stacks.describe_stack_events(StackName=self._name)["StackEvents"]
        return [each["ResourceStatusReason"] for each in events if each.get("ResourceStatusReason")]

    def delete(self) -> None:
        self._stacks.delete_stack(StackName=self._name)
        eventually(self._is_gone)

    def _look(self) -> dict[str, Any]:
        return dict(self._stacks.describe_stacks(StackName=self._name)["Stacks"][0])

    def _status(self) -> str:
        return str(self._look()["StackStatus"])

    def _is_gone(self) -> bool:
        try:
            return self._status() == "DELETE_COMPLETE"
        except ClientError:
            return True


def test_a_template_is_served_at_its_dns_name(cloud: LocalCloud) -> None:
    stack = Stack(cloud, "served", template(90, 10))
    assert stack.settled() == "CREATE_COMPLETE"
    elb: Any = cloud.client("elbv2")
    found = stack.outputs()

    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(found["Url"], timeout=5)

    with answer.value as page:
        assert (page.code, page.read()) == (503, b"no rule")
    groups = elb.describe_rules(RuleArns=[found["Rule"]])["Rules"][0]["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert [each["Weight"] for each in groups] == [90, 10]
    stack.delete()


def test_a_template_registers_its_targets_and_drains_what_it_drops(cloud: LocalCloud) -> None:
    stack = Stack(cloud, "targets", template(1, 0))
    assert stack.settled() == "CREATE_COMPLETE"
    stack.update(template(1, 0, target="10.20.0.8"))
    assert stack.settled() == "UPDATE_COMPLETE"

    elb: Any = cloud.client("elbv2")
    health = elb.describe_target_health(TargetGroupArn=stack.outputs()["Blue"])["TargetHealthDescriptions"]

    assert [(each["Target"]["Id"], each["TargetHealth"]["State"]) for each in health] == [
        ("10.20.0.8", "initial"),
        ("10.20.0.7", "draining"),
    ]
    stack.delete()


def test_a_template_with_a_wrong_weight_rolls_back_with_awss_message(cloud: LocalCloud) -> None:
    stack = Stack(cloud, "wrong", template(1, 0))
    assert stack.settled() == "CREATE_COMPLETE"

    stack.update(template(1000, 0))

    assert stack.settled() == "UPDATE_ROLLBACK_COMPLETE"
    assert any("The weight for each target group must be between 0 and 999" in each for each in stack.reasons())
    stack.delete()


def _weights(shop: Shop) -> list[int]:
    action = shop.elb.describe_rules(RuleArns=[shop.rule])["Rules"][0]["Actions"][0]
    return [each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]]


def _name_of(shop: Shop) -> str:
    return f"/{shop.name}/"


def _user(cloud: LocalCloud, name: str, action: str, resource: str) -> tuple[str, Any]:
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
