"""Which targets a target group takes.

Source of the rules: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html,
API_TargetDescription.html and API_CreateTargetGroup.html. Texts, as AWS's answers were reported in public:
hashicorp/terraform-provider-aws#8537 (not running), kubernetes-sigs/aws-load-balancer-controller#3714 (not in the VPC).
"""

from __future__ import annotations

from typing import Any

import pytest
from ministack.services import alb, ec2

from greenlight.rehearsal.cloud.elbv2.checks import check
from greenlight.rehearsal.cloud.elbv2.eligibility import availability_zones, check_targets
from greenlight.rehearsal.cloud.elbv2.errors import ApiError

BY_INSTANCE, BY_ADDRESS = {"TargetType": "instance", "VpcId": "vpc-a"}, {"TargetType": "ip", "VpcId": "vpc-a"}


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two networks, with an instance in each, and one that was ended."""
    states = {"i-1": ("running", "vpc-a"), "i-2": ("terminated", "vpc-a"), "i-3": ("running", "vpc-b")}
    instances = {name: {"State": {"Name": state}, "VpcId": vpc} for name, (state, vpc) in states.items()}
    subnets = {
        "s-a": {"VpcId": "vpc-a", "CidrBlock": "10.1.0.0/24"},
        "s-b": {"VpcId": "vpc-b", "CidrBlock": "10.2.0.0/24"},
    }
    monkeypatch.setattr(ec2, "_instances", instances)
    monkeypatch.setattr(ec2, "_subnets", subnets)
    monkeypatch.setattr(ec2, "_vpcs", {"vpc-a": {}, "vpc-b": {}})


REFUSED = [
    (BY_INSTANCE, {"Id": "i-9"}, "InvalidTarget", "The following targets do not exist: 'i-9'"),
    (BY_INSTANCE, {"Id": "i-2"}, "InvalidTarget", "are not in a running state and cannot be registered: 'i-2'"),
    (BY_INSTANCE, {"Id": "i-3"}, "InvalidTarget", "are not in the target group VPC 'vpc-a': 'i-3'"),
    (BY_INSTANCE, {"Id": "10.1.0.7"}, "InvalidTarget", "The following targets do not exist: '10.1.0.7'"),
    (BY_ADDRESS, {"Id": "i-1"}, "ValidationError", "'i-1' is not a valid IPv4 address"),
    (BY_ADDRESS, {"Id": "10.2.0.7"}, "ValidationError", "The Availability Zone is required for IP address '10.2.0.7'"),
    (BY_ADDRESS, {"Id": "52.1.2.3", "AvailabilityZone": "all"}, "ValidationError", "or in a private range"),
]


@pytest.mark.parametrize(("group", "target", "code", "said"), REFUSED)
def test_a_target_that_the_group_cannot_have_is_refused(group: Any, target: Any, code: str, said: str) -> None:
    with pytest.raises(ApiError, match=said) as refused:
        check_targets(group, [target])

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("group", "target"),
    [
        (BY_INSTANCE, {"Id": "i-1"}),
        (BY_ADDRESS, {"Id": "10.1.0.7"}),
        (BY_ADDRESS, {"Id": "10.2.0.7", "AvailabilityZone": "all"}),
    ],
)
def test_a_target_within_reach_is_taken(group: Any, target: Any) -> None:
    check_targets(group, [target])


def test_the_zone_of_each_target_is_read_from_the_request() -> None:
    parameters = {f"Targets.member.{number}.Id": [f"10.0.0.{number}"] for number in (1, 2)}
    parameters["Targets.member.2.AvailabilityZone"] = ["all"]

    assert availability_zones(parameters) == ["", "all"]


def test_a_group_in_a_vpc_that_does_not_exist_is_refused() -> None:
    assert alb._p({"VpcId": ["vpc-9"]}, "VpcId") == "vpc-9"
    with pytest.raises(ApiError, match="The VPC ID 'vpc-9' is not found"):
        check("CreateTargetGroup", {"Protocol": ["HTTP"], "Port": ["80"], "VpcId": ["vpc-9"]})
