from __future__ import annotations

import json
from typing import Any

import pytest

from tests.synth.conftest import Synthesize
from tests.synth.switch import function
from tests.synth.templates import Template, attributes, only, properties, resources, text

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0f5a7d3e-9c1b-4a52-8d3e-2b1c0a9f8e7d"
TLS = {"certificate_arn": CERTIFICATE, "domain_name": "shop.example.com"}
TWO_SERVICES = json.dumps(
    {
        "shop": {"blue_version": "1", "green_version": "1"},
        "order-report": {
            "blue_version": "1",
            "green_version": "1",
            "paths": ["/report", "/report/*"],
            "blue_port": 3002,
            "green_port": 3003,
            "priority": 98,
        },
    }
)


@pytest.fixture
def edge(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightEdge"]


def _exports(template: Template) -> set[str]:
    return {str(output["Export"]["Name"]) for output in template["Outputs"].values() if "Export" in output}


def _listeners(template: Template) -> dict[int, dict[str, Any]]:
    return {each["Port"]: each for each in properties(template, "ElasticLoadBalancingV2::Listener")}


def test_until_a_color_is_live_the_front_door_says_503(edge: Template) -> None:
    (action,) = only(edge, "ElasticLoadBalancingV2::Listener")["DefaultActions"]

    assert (action["Type"], action["FixedResponseConfig"]["StatusCode"]) == ("fixed-response", "503")


def test_both_colors_are_looked_at_alike_every_half_minute(edge: Template) -> None:
    checks = [
        {name: value for name, value in group.items() if name.startswith(("Health", "Unhealth", "Matcher"))}
        for group in properties(edge, "ElasticLoadBalancingV2::TargetGroup")
    ]

    assert (
        checks
        == [
            {
                "HealthCheckIntervalSeconds": 30,
                "HealthCheckPath": "/health",
                "HealthCheckTimeoutSeconds": 5,
                "HealthyThresholdCount": 2,
                "UnhealthyThresholdCount": 3,
                "Matcher": {"HttpCode": "200"},
            }
        ]
        * 2
    )


def test_on_a_host_each_color_has_its_own_port(edge: Template) -> None:
    groups = properties(edge, "ElasticLoadBalancingV2::TargetGroup")

    assert [(group["TargetType"], group["Port"]) for group in groups] == [("instance", 3000), ("instance", 3001)]


def test_on_fargate_targets_are_addresses_on_the_containers_port(synthesize: Synthesize) -> None:
    groups = properties(synthesize(compute="fargate")["GreenlightEdge"], "ElasticLoadBalancingV2::TargetGroup")

    assert [(group["TargetType"], group["Port"]) for group in groups] == [("ip", 3000), ("ip", 3000)]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("stickiness.enabled", "false"),
        ("deregistration_delay.timeout_seconds", "30"),
        ("target_group_health.dns_failover.minimum_healthy_targets.count", "off"),
    ],
)
def test_target_groups_behave_as_a_switch_needs_it(edge: Template, attribute: str, value: str) -> None:
    groups = properties(edge, "ElasticLoadBalancingV2::TargetGroup")

    assert {attributes(group["TargetGroupAttributes"])[attribute] for group in groups} == {value}


def test_each_color_has_a_secret_way_in_that_leads_to_it_alone(edge: Template) -> None:
    groups = list(resources(edge, "ElasticLoadBalancingV2::TargetGroup"))
    rules = properties(edge, "ElasticLoadBalancingV2::ListenerRule")

    assert [(rule["Priority"], rule["Actions"]) for rule in rules] == [
        (10, [{"Type": "forward", "TargetGroupArn": {"Ref": groups[0]}}]),
        (11, [{"Type": "forward", "TargetGroupArn": {"Ref": groups[1]}}]),
    ]
    for rule, color in zip(rules, ("blue", "green"), strict=True):
        (condition,) = rule["Conditions"]
        assert condition["HttpHeaderConfig"]["HttpHeaderName"] == "X-Greenlight-Preview"
        assert [each["Fn::Join"][1][-1] for each in condition["HttpHeaderConfig"]["Values"]] == [
            f":SecretString:shop-{color}:GREENLIGHT_KEYS:}}}}",
            f":SecretString:shop-{color}-previous:GREENLIGHT_KEYS:}}}}",
        ]


def test_what_an_older_version_made_of_the_secret_is_left_as_it_is(edge: Template) -> None:
    """Another way to generate it would generate it anew, and a rollback would need the old value."""
    assert only(edge, "SecretsManager::Secret")["GenerateSecretString"] == {
        "ExcludePunctuation": True,
        "PasswordLength": 48,
    }


def test_the_rules_of_two_services_never_meet(synthesize: Synthesize) -> None:
    rules = properties(synthesize(services=TWO_SERVICES)["GreenlightEdge"], "ElasticLoadBalancingV2::ListenerRule")

    assert sorted(rule["Priority"] for rule in rules) == [8, 9, 10, 11]
    accepted = [text(rule["Conditions"][0]["HttpHeaderConfig"]["Values"]) for rule in rules]
    assert len(set(accepted)) == 4


def test_with_a_certificate_443_serves_and_80_redirects(synthesize: Synthesize) -> None:
    listeners = _listeners(synthesize(**TLS)["GreenlightEdge"])

    assert sorted(listeners) == [80, 443]
    assert listeners[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert listeners[443]["Certificates"] == [{"CertificateArn": CERTIFICATE}]
    assert listeners[80]["DefaultActions"] == [
        {"Type": "redirect", "RedirectConfig": {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_302"}}
    ]


def test_a_certificate_added_later_leaves_the_listener_that_serves(synthesize: Synthesize, edge: Template) -> None:
    """A port that changed hands would refuse connections between the one change and the other."""
    (plain,) = resources(edge, "ElasticLoadBalancingV2::Listener")
    secured = resources(synthesize(**TLS)["GreenlightEdge"], "ElasticLoadBalancingV2::Listener")

    assert (len(secured), secured[plain]["Properties"]["Port"]) == (2, 80)


def test_before_a_certificate_is_taken_away_443_redirects_and_80_does_until_the_rule_is_there(
    synthesize: Synthesize,
) -> None:
    listeners = _listeners(synthesize(**TLS, production_port="80")["GreenlightEdge"])

    assert listeners[80]["DefaultActions"][0]["Type"] == "redirect"
    assert listeners[443]["DefaultActions"] == [
        {"Type": "redirect", "RedirectConfig": {"Port": "80", "Protocol": "HTTP", "StatusCode": "HTTP_302"}}
    ]


@pytest.mark.parametrize("flags", [TLS, {**TLS, "production_port": "80"}])
def test_every_listener_stays_exported_while_a_switch_may_import_it(
    synthesize: Synthesize, flags: dict[str, str]
) -> None:
    edge = synthesize(**flags)["GreenlightEdge"]
    exported = [output["Value"] for output in edge["Outputs"].values() if "Export" in output]

    assert all({"Ref": name} in exported for name in resources(edge, "ElasticLoadBalancingV2::Listener"))


@pytest.mark.parametrize(("flags", "other"), [({}, None), (TLS, 80), ({**TLS, "production_port": "80"}, 443)])
def test_the_commands_find_the_listener_that_redirects(
    synthesize: Synthesize, flags: dict[str, str], other: int | None
) -> None:
    edge = synthesize(**flags)["GreenlightEdge"]
    output = edge["Outputs"].get("OtherListenerArn")
    listeners = resources(edge, "ElasticLoadBalancingV2::Listener")

    assert (listeners[output["Value"]["Ref"]]["Properties"]["Port"] if output else None) == other


@pytest.mark.parametrize(
    ("flags", "url", "has_others"),
    [({}, "http://", False), (TLS, "https://", True), ({**TLS, "production_port": "80"}, "http://", True)],
)
def test_the_switch_asks_the_port_that_serves(
    synthesize: Synthesize, flags: dict[str, str], url: str, has_others: bool
) -> None:
    config = text(function(synthesize(**flags)["GreenlightSwitch"], "Shift")["Environment"]).replace("\\", "")

    assert f'"front_door_url":"{url}' in config
    assert ('"has_other_listeners":true' in config) is has_others


@pytest.mark.parametrize(("flags", "port"), [({}, None), (TLS, 443), ({**TLS, "production_port": "80"}, None)])
def test_the_release_is_asked_for_again_when_the_front_door_changes(
    synthesize: Synthesize, flags: dict[str, str], port: int | None
) -> None:
    """What it imports stays until it has followed: the only production rule would go with its listener."""
    templates = synthesize(**flags)
    edge, release = templates["GreenlightEdge"], templates["GreenlightRelease"]
    (request,) = (each for each in release["Resources"].values() if each["Type"] == "Custom::GreenlightRelease")
    exports = {out["Export"]["Name"]: out["Value"] for out in edge["Outputs"].values() if "Export" in out}
    listeners = resources(edge, "ElasticLoadBalancingV2::Listener")
    front_door = request["Properties"].get("FrontDoor")

    assert (front_door is None) == (port is None)
    if front_door:
        assert listeners[exports[front_door["Fn::ImportValue"]]["Ref"]]["Properties"]["Port"] == port


def test_without_a_domain_the_front_door_s_url_is_the_load_balancer_s_own_name(edge: Template) -> None:
    assert edge["Outputs"]["FrontDoorUrl"]["Value"]["Fn::Join"][1][0] == "http://"


def test_a_domain_takes_no_export_away_that_a_deployed_switch_imports(synthesize: Synthesize, edge: Template) -> None:
    """CloudFormation refuses to remove an export while another stack imports it (user guide, Fn::ImportValue)."""
    assert _exports(edge) <= _exports(synthesize(**TLS)["GreenlightEdge"])


def test_a_domain_name_takes_the_place_of_the_load_balancer_s_own(synthesize: Synthesize) -> None:
    outputs = synthesize(**TLS)["GreenlightEdge"]["Outputs"]

    assert outputs["FrontDoorUrl"]["Value"] == "https://shop.example.com"


def test_operators_find_the_listener_and_every_target_group_among_the_outputs(edge: Template) -> None:
    assert {"FrontDoorUrl", "ListenerArn", "ShopBlueTargetGroupArn", "ShopGreenTargetGroupArn"} <= set(edge["Outputs"])


def test_the_load_balancer_drops_invalid_headers_and_logs_every_request(edge: Template) -> None:
    found = attributes(only(edge, "ElasticLoadBalancingV2::LoadBalancer")["LoadBalancerAttributes"])

    assert found["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert found["access_logs.s3.enabled"] == "true"
    assert found["access_logs.s3.bucket"] == {"Ref": next(iter(resources(edge, "S3::Bucket")))}


def test_the_load_balancer_comes_after_the_policy_that_lets_it_write(edge: Template) -> None:
    (policy,) = resources(edge, "S3::BucketPolicy")
    (load_balancer,) = resources(edge, "ElasticLoadBalancingV2::LoadBalancer").values()

    assert policy in load_balancer["DependsOn"]


def test_access_logs_are_private_encrypted_and_written_by_aws_alone(edge: Template) -> None:
    bucket = only(edge, "S3::Bucket")
    denied, allowed = only(edge, "S3::BucketPolicy")["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "AES256" in text(bucket["BucketEncryption"])
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert allowed["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Resource"]["Fn::Join"][1][1:] == ["/AWSLogs/", {"Ref": "AWS::AccountId"}, "/*"]


def test_the_firewall_stands_before_the_load_balancer(edge: Template) -> None:
    (load_balancer,) = resources(edge, "ElasticLoadBalancingV2::LoadBalancer")

    assert only(edge, "WAFv2::WebACLAssociation")["ResourceArn"] == {"Ref": load_balancer}
    assert [rule["Name"] for rule in only(edge, "WAFv2::WebACL")["Rules"]] == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    ]


SECRET_HEADERS = ["x-greenlight-preview", "cookie", "authorization"]


def test_the_firewall_s_log_holds_no_header_that_opens_something(edge: Template) -> None:
    logging = only(edge, "WAFv2::LoggingConfiguration")

    assert logging["RedactedFields"] == [{"SingleHeader": {"Name": name}} for name in SECRET_HEADERS]


def test_the_firewall_shows_no_header_that_opens_something(edge: Template) -> None:
    assert only(edge, "WAFv2::WebACL")["DataProtectionConfig"] == {
        "DataProtections": [
            {
                "Field": {"FieldType": "SINGLE_HEADER", "FieldKeys": SECRET_HEADERS},
                "Action": "SUBSTITUTION",
                "ExcludeRuleMatchDetails": False,
                "ExcludeRateBasedDetails": False,
            }
        ]
    }


def test_the_firewall_s_log_group_has_the_name_that_aws_demands(edge: Template) -> None:
    names = [group.get("LogGroupName") for group in properties(edge, "Logs::LogGroup")]

    assert {"Fn::Join": ["", ["aws-waf-logs-", {"Ref": "AWS::StackName"}]]} in names


def test_the_firewall_is_a_setting(synthesize: Synthesize) -> None:
    assert "WAFv2" not in text(synthesize(waf="false")["GreenlightEdge"])
