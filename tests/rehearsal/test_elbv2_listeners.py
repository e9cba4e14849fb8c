"""Listeners and attributes that Elastic Load Balancing refuses, and what is created twice."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.elbv2_calls import OK, refusal
from tests.rehearsal.live_shop import fast_cloud
from tests.rehearsal.load_balancing import VPC, Shop
from tests.rehearsal.local_cloud import LocalCloud, eventually

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with fast_cloud(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"Protocol": "HTTP"}, "A listener port must be specified"),
        ({"Port": 81}, "A listener protocol must be specified"),
        ({"Port": 81, "Protocol": "TCP"}, "Listener protocol 'TCP' must be one of 'HTTPS, HTTP'"),
        ({"Port": 65_536, "Protocol": "HTTP"}, "Member must have value less than or equal to 65535"),
        (
            {"Port": 81, "Protocol": "HTTP", "Certificates": [{"CertificateArn": "arn:aws:acm:us-east-1:0:x"}]},
            "A certificate cannot be specified for HTTP listeners",
        ),
        (
            {"Port": 81, "Protocol": "HTTP", "SslPolicy": "ELBSecurityPolicy-2016-08"},
            "An SSL policy cannot be specified for HTTP listeners",
        ),
        ({"Port": 81, "Protocol": "HTTPS", "SslPolicy": "mine"}, "SSL policy 'mine' not found"),
    ],
    ids=["port", "protocol", "tcp", "last-port", "certificate", "policy", "unknown-policy"],
)
def test_a_listener_that_no_load_balancer_has_is_refused_and_breaks_no_other(
    shop: Shop, settings: dict[str, Any], said: str
) -> None:
    """Envoy was given each of these, took none of its listeners from then on, and every call failed."""
    _, message = refusal(lambda: shop.elb.create_listener(LoadBalancerArn=shop.arn, DefaultActions=OK, **settings))

    assert said in message
    shop.add_rule(1, OK)
    assert eventually(lambda: shop.get()[2] == "matched")


@pytest.mark.parametrize(
    ("kind", "key", "value", "said"),
    [
        ("group", "mine", "1", "Target group attribute key 'mine' is not recognized"),
        ("group", "deregistration_delay.timeout_seconds", "3601", "must be between '0' and '3600', but it is '3601'"),
        ("group", "deregistration_delay.timeout_seconds", "soon", "must be between '0' and '3600', but it is 'soon'"),
        ("group", "stickiness.enabled", "yes", "must be one of 'false, true', but it is 'yes'"),
        ("group", "load_balancing.algorithm.type", "random", "must be one of 'least_outstanding_requests, round_robin"),
        ("balancer", "mine", "1", "Load balancer attribute key 'mine' is not recognized"),
        ("balancer", "idle_timeout.timeout_seconds", "0", "must be between '1' and '4000', but it is '0'"),
        ("balancer", "deletion_protection.enabled", "on", "must be one of 'false, true', but it is 'on'"),
    ],
)
def test_an_attribute_that_there_is_not_is_refused(shop: Shop, kind: str, key: str, value: str, said: str) -> None:
    given = [{"Key": key, "Value": value}]
    code, message = refusal(
        lambda: (
            shop.elb.modify_target_group_attributes(TargetGroupArn=shop.blue.arn, Attributes=given)
            if kind == "group"
            else shop.elb.modify_load_balancer_attributes(LoadBalancerArn=shop.arn, Attributes=given)
        )
    )

    assert (code, said in message) == ("ValidationError", True)


def test_what_is_created_again_is_the_same_or_refused(shop: Shop) -> None:
    group = {"Name": f"{shop.name}-again", "Protocol": "HTTP", "Port": 80, "VpcId": VPC}
    first = shop.elb.create_target_group(**group)["TargetGroups"][0]["TargetGroupArn"]

    assert shop.elb.create_target_group(**group)["TargetGroups"][0]["TargetGroupArn"] == first
    again = shop.elb.create_load_balancer(Name=shop.name, Subnets=["subnet-2", "subnet-1"])["LoadBalancers"][0]
    assert again["LoadBalancerArn"] == shop.arn
    for call, code, kind in (
        (lambda: shop.elb.create_target_group(**{**group, "Port": 81}), "DuplicateTargetGroupName", "target group"),
        (
            lambda: shop.elb.create_load_balancer(Name=shop.name, Subnets=["subnet-1", "subnet-2"], Scheme="internal"),
            "DuplicateLoadBalancerName",
            "load balancer",
        ),
    ):
        found, message = refusal(call)
        assert (found, message.startswith(f"A {kind} with the same name '")) == (code, True)
    shop.elb.delete_target_group(TargetGroupArn=first)


def test_what_users_write_comes_back_as_it_was(shop: Shop) -> None:
    """A page with markup made the answers of every call about its rule unreadable."""
    page, path = "<h1>Sold & gone</h1>", "/a&<b>"
    fixed = {"StatusCode": "503", "ContentType": "text/html", "MessageBody": page}
    rule = shop.add_rule(
        1,
        [{"Type": "fixed-response", "FixedResponseConfig": fixed}],
        [{"Field": "path-pattern", "Values": ["/sold", path]}],
    )
    redirect = {"Path": path, "Query": "a=1&b=2", "StatusCode": "HTTP_302", "Host": "shop.example.com"}
    other = shop.add_rule(2, [{"Type": "redirect", "RedirectConfig": redirect}])
    shop.elb.add_tags(ResourceArns=[rule], Tags=[{"Key": "a&b", "Value": "<c>"}])
    shop.elb.modify_target_group(TargetGroupArn=shop.blue.arn, HealthCheckPath=path)

    first, second = (shop.elb.describe_rules(RuleArns=[arn])["Rules"][0] for arn in (rule, other))
    for _ in range(2):
        tags = shop.elb.describe_tags(ResourceArns=[rule])["TagDescriptions"][0]["Tags"]
        assert tags == [{"Key": "a&b", "Value": "<c>"}]
    assert first["Actions"][0]["FixedResponseConfig"] == fixed
    assert first["Conditions"][0]["Values"] == ["/sold", path]
    assert {name: second["Actions"][0]["RedirectConfig"][name] for name in redirect} == redirect
    (group,) = shop.elb.describe_target_groups(TargetGroupArns=[shop.blue.arn])["TargetGroups"]
    assert group["HealthCheckPath"] == path
    assert eventually(lambda: shop.get("/sold")[2] == page)


@pytest.mark.parametrize(
    ("path", "query", "leads_to"),
    [("/#{path}", "#{query}", "/a?b=c"), ("/new", "#{query}", "/new?b=c"), ("/new", "x=1&y=2", "/new?x=1&y=2")],
    ids=["kept", "kept-behind-a-path", "new"],
)
def test_a_redirect_has_its_own_query(shop: Shop, path: str, query: str, leads_to: str) -> None:
    """A new query was left as the request had it."""
    config = {"Host": "shop.example.com", "Path": path, "Query": query, "StatusCode": "HTTP_302"}
    shop.add_rule(1, [{"Type": "redirect", "RedirectConfig": config}])
    assert eventually(lambda: shop.get("/a?b=c")[0] == 302)

    connection = http.client.HTTPConnection(shop.host, shop.port, timeout=10)
    connection.request("GET", "/a?b=c")
    location = str(connection.getresponse().headers["Location"])
    connection.close()

    assert location.endswith(f"//shop.example.com{leads_to}")
