"""Names and settings that Elastic Load Balancing refuses, lists in pages, and conditions by query and by source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.balancer.matching import match
from greenlight.rehearsal.balancer.snapshot import Condition
from greenlight.rehearsal.cloud.elbv2.conditions import condition, from_template
from greenlight.rehearsal.cloud.elbv2.errors import ApiError
from greenlight.rehearsal.cloud.elbv2.groups import check_settings
from greenlight.rehearsal.cloud.elbv2.names import check_load_balancer_name, check_target_group_name
from tests.rehearsal.elbv2_calls import refusal
from tests.rehearsal.live_shop import fast_cloud
from tests.rehearsal.load_balancing import VPC, Shop
from tests.rehearsal.local_cloud import LocalCloud, eventually

pytestmark = pytest.mark.rehearsal

GROUP = {"Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1"}
OK = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "matched"}}]


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


def test_a_query_string_leads_to_its_rule(shop: Shop) -> None:
    pairs = [{"Key": "version", "Value": "v?"}, {"Value": "*beta*"}]
    rule = shop.add_rule(1, OK, [{"Field": "query-string", "QueryStringConfig": {"Values": pairs}}])

    shown = shop.elb.describe_rules(RuleArns=[rule])["Rules"][0]["Conditions"][0]
    assert shown["QueryStringConfig"] == {"Values": pairs}
    assert eventually(lambda: shop.get("/?version=v2")[2] == "matched")
    for path in ("/any?a=b&VERSION=V1&c=d", "/?channel=a-beta-b"):
        assert shop.get(path)[2] == "matched", path
    for path in ("/", "/version=v1", "/?version=v10", "/?versions=v1", "/?a=version=v1x"):
        assert shop.get(path)[2] != "matched", path


def test_a_source_is_this_machine_or_nobody(shop: Shop) -> None:
    def source(*ranges: str) -> list[dict[str, Any]]:
        return [{"Field": "source-ip", "SourceIpConfig": {"Values": list(ranges)}}]

    shop.add_rule(1, OK, source("10.0.0.0/8"))
    assert shop.get()[2] != "matched"
    shop.add_rule(2, OK, source("10.0.0.0/8", "127.0.0.0/8"))
    assert eventually(lambda: shop.get()[2] == "matched")
    assert refusal(lambda: shop.add_rule(3, OK, source("10.0.0.1")))[0] == "ValidationError"


def test_a_value_of_a_condition_has_a_longest_length(shop: Shop) -> None:
    code, message = refusal(lambda: shop.add_rule(1, OK, [{"Field": "path-pattern", "Values": ["/" + "a" * 128]}]))

    assert (code, message) == ("ValidationError", "The 'path-pattern' value is too long; the limit is '128'")


def test_a_template_names_a_query_as_the_api_does() -> None:
    pairs = [{"Key": "color", "Value": "blue"}, {"Value": "green"}]

    record = from_template({"Field": "query-string", "Values": pairs})

    assert record == {"Field": "query-string", "Values": [], "QueryStringConfig": {"Values": pairs}}
    assert condition(record).values == ("color=blue", "=green")


def test_wildcards_of_a_query_stay_within_its_pair() -> None:
    (matcher,) = match([Condition("query-string", ("a=1*2",))])["headers"]
    expression = matcher["string_match"]["safe_regex"]["regex"]

    assert re.fullmatch(expression, "/?a=1x2")
    assert not re.fullmatch(expression, "/?a=1&b=2")
