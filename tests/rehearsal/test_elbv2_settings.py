"""Names and settings that Elastic Load Balancing refuses, and lists in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.cloud.elbv2.errors import ApiError
from greenlight.rehearsal.cloud.elbv2.groups import check_settings
from greenlight.rehearsal.cloud.elbv2.names import check_load_balancer_name, check_target_group_name
from tests.rehearsal.elbv2_calls import OK, refusal
from tests.rehearsal.live_shop import fast_cloud
from tests.rehearsal.load_balancing import VPC, Shop
from tests.rehearsal.local_cloud import LocalCloud

pytestmark = pytest.mark.rehearsal

GROUP = {"Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with fast_cloud(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a" * 33, f"Target group name '{'a' * 33}' cannot be longer than '32' characters"),
        ("a_b", "Target group name 'a_b' can only contain characters that are alphanumeric characters or hyphens(-)"),
        ("-a", "Target group name '-a' cannot begin or end with a hyphen(-)"),
        ("a-", "Target group name 'a-' cannot begin or end with a hyphen(-)"),
    ],
)
def test_a_name_that_no_target_group_has(name: str, said: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_target_group_name(name)

    assert str(caught.value) == said


@pytest.mark.parametrize("name", ["a" * 33, "a.b", "-a", "a-", "internal-a"])
def test_a_name_that_no_load_balancer_has(name: str) -> None:
    with pytest.raises(ApiError, match=f"The load balancer name '{name}' can"):
        check_load_balancer_name(name)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"HealthCheckIntervalSeconds": 4},
            "'healthCheckIntervalSeconds' failed to satisfy constraint: Member must have",
        ),
        ({"HealthCheckIntervalSeconds": 301}, "value less than or equal to 300"),
        ({"HealthCheckTimeoutSeconds": 1}, "value greater than or equal to 2"),
        ({"HealthCheckTimeoutSeconds": 30}, "Health check interval must be greater than the timeout."),
        ({"HealthCheckIntervalSeconds": 5}, "Health check interval must be greater than the timeout."),
        ({"HealthyThresholdCount": 1}, "value greater than or equal to 2"),
        ({"UnhealthyThresholdCount": 11}, "value less than or equal to 10"),
        ({"Port": 65_536}, "value less than or equal to 65535"),
        ({"Matcher": {"HttpCode": "200-500"}}, "code '200-500' must be within '200-499' inclusive"),
        ({"HealthCheckProtocol": "ICMP"}, "Value 'ICMP' at 'healthCheckProtocol' failed to satisfy constraint"),
        ({"Protocol": ""}, "A protocol must be specified"),
        ({"Port": 0}, "A port must be specified"),
        ({"VpcId": ""}, "A VPC ID must be specified"),
    ],
)
def test_settings_that_no_target_group_has(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_settings({**GROUP, **settings})

    assert said in str(caught.value)


def test_settings_that_a_target_group_has() -> None:
    check_settings(GROUP)
    check_settings(
        {
            **GROUP,
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 4,
            "Matcher": {"HttpCode": "200,301-302"},
        }
    )
    check_settings({"TargetType": "lambda"})
    check_settings({"HealthCheckTimeoutSeconds": 9}, known={**GROUP, "HealthCheckIntervalSeconds": 10})


def test_names_and_settings_are_refused_over_the_wire(shop: Shop) -> None:
    wanted = {"Name": "a_b", "Protocol": "HTTP", "Port": 80, "VpcId": VPC}

    for call, said in (
        (lambda: shop.elb.create_target_group(**wanted), "can only contain characters"),
        (
            lambda: shop.elb.create_load_balancer(Name="internal-a", Subnets=["subnet-1"]),
            "cannot begin with 'internal-'",
        ),
        (
            lambda: shop.elb.modify_target_group(TargetGroupArn=shop.blue.arn, HealthCheckTimeoutSeconds=5),
            "greater than",
        ),
    ):
        code, message = refusal(call)
        assert (code, said in message) == ("ValidationError", True)


def test_lists_come_in_pages(shop: Shop) -> None:
    """Five rules and the default one, two at a time."""
    added = [shop.add_rule(priority, OK) for priority in (1, 2, 3, 4)]

    pages = [
        [rule["RuleArn"] for rule in page["Rules"]]
        for page in shop.elb.get_paginator("describe_rules").paginate(
            ListenerArn=shop.listener, PaginationConfig={"PageSize": 2}
        )
    ]

    assert [len(page) for page in pages] == [2, 2, 2]
    assert [arn for page in pages for arn in page][:5] == [*added, shop.rule]
    assert refusal(lambda: shop.elb.describe_target_groups(PageSize=401))[0] == "ValidationError"


@pytest.mark.parametrize(
    ("what", "code", "said"),
    [
        ({"Names": ["nobody"]}, "LoadBalancerNotFound", "Load balancers '[nobody]' not found"),
        ({"LoadBalancerArns": ["arn:nobody"]}, "LoadBalancerNotFound", "One or more load balancers not found"),
    ],
)
def test_a_load_balancer_that_is_not_there(shop: Shop, what: dict[str, list[str]], code: str, said: str) -> None:
    known = {name: [*wanted, shop.name if name == "Names" else shop.arn] for name, wanted in what.items()}

    assert refusal(lambda: shop.elb.describe_load_balancers(**known)) == (code, said)


def test_a_load_balancer_is_in_the_zones_and_the_network_of_its_subnets(cloud: LocalCloud) -> None:
    ec2: Any = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    elb: Any = cloud.client("elbv2")

    made = elb.create_load_balancer(Name="placed", Subnets=[each["SubnetId"] for each in subnets])["LoadBalancers"][0]
    (found,) = elb.describe_load_balancers(Names=["placed"])["LoadBalancers"]

    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    for each in (made, found):
        assert each["VpcId"] == vpc
        assert [zone["ZoneName"] for zone in each["AvailabilityZones"]] == ["us-east-1a", "us-east-1b"]
