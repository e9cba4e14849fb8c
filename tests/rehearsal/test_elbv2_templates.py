"""Load balancers out of CloudFormation templates."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.elbv2_calls import PREVIEW, refusal
from tests.rehearsal.load_balancing import VPC
from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


def template(blue: Any, green: Any, target: str = "172.31.0.7", tags: Sequence[Mapping[str, str]] = ()) -> str:
    """A load balancer with a weighted rule, and a target in the blue group."""
    groups = [
        {"TargetGroupArn": {"Ref": name}, "Weight": weight} for name, weight in (("Blue", blue), ("Green", green))
    ]
    group = {"Port": 3000, "Protocol": "HTTP", "VpcId": VPC, "TargetType": "ip", "HealthCheckPath": "/health"}
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
                "Tags": list(tags),
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


def test_a_policy_can_spare_the_rules_that_a_template_tags(cloud: LocalCloud) -> None:
    stack = Stack(cloud, "tagged", template(1, 0))
    assert stack.settled() == "CREATE_COMPLETE"
    rule, elb = stack.outputs()["Rule"], cloud.user("elbv2", "switch", ())
    statement = {"Effect": "Allow", "Action": "elasticloadbalancing:ModifyRule", "Resource": "*"}
    spared = {**statement, "Condition": {"Null": {"aws:ResourceTag/spared": "true"}}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [spared]})
    cloud.client("iam").put_user_policy(UserName="switch", PolicyName="p", PolicyDocument=policy)
    changed = {"RuleArn": rule, "Conditions": PREVIEW}

    assert elb.modify_rule(**changed)["Rules"]
    stack.update(template(1, 0, tags=[{"Key": "spared", "Value": "yes"}]))
    assert stack.settled() == "UPDATE_COMPLETE"

    assert refusal(lambda: elb.modify_rule(**changed))[0] == "AccessDenied"
    stack.delete()


def test_a_template_registers_its_targets_and_drains_what_it_drops(cloud: LocalCloud) -> None:
    stack = Stack(cloud, "targets", template(1, 0))
    assert stack.settled() == "CREATE_COMPLETE"
    stack.update(template(1, 0, target="172.31.0.8"))
    assert stack.settled() == "UPDATE_COMPLETE"

    elb: Any = cloud.client("elbv2")
    health = elb.describe_target_health(TargetGroupArn=stack.outputs()["Blue"])["TargetHealthDescriptions"]

    assert [(each["Target"]["Id"], each["TargetHealth"]["State"]) for each in health] == [
        ("172.31.0.8", "initial"),
        ("172.31.0.7", "draining"),
    ]
    stack.delete()


def test_a_template_with_a_wrong_weight_rolls_back_with_awss_message(cloud: LocalCloud) -> None:
    stack = Stack(cloud, "wrong", template(1, 0))
    assert stack.settled() == "CREATE_COMPLETE"

    stack.update(template(1000, 0))

    assert stack.settled() == "UPDATE_ROLLBACK_COMPLETE"
    assert any("The weight for each target group must be between 0 and 999" in each for each in stack.reasons())
    stack.delete()


def test_a_template_with_a_certificate_that_acm_does_not_have_rolls_back_with_awss_message(cloud: LocalCloud) -> None:
    """API reference, CreateListener: CertificateNotFound; the words: hashicorp/terraform-provider-aws#11334."""
    unknown = "arn:aws:acm:us-east-1:000000000000:certificate/unknown"
    stack = Stack(cloud, "certificate", template(1, 0))
    assert stack.settled() == "CREATE_COMPLETE"
    body = json.loads(template(1, 0))
    body["Resources"]["Listener"]["Properties"] |= {
        "Port": 443,
        "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": unknown}],
    }

    stack.update(json.dumps(body))

    assert stack.settled() == "UPDATE_ROLLBACK_COMPLETE"
    assert any(f"Certificate '{unknown}' not found" in each for each in stack.reasons())
    stack.delete()
