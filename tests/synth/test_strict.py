"""What the security profile `strict` puts into the templates, and that standard stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.strict_settings import STRICT
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, attributes, only, properties, resources, text

HARSH: dict[str, Any] = {**STRICT, "egress": "0.0.0.0/0:443,10.9.0.0/16:5432", "flow_log_retention_days": 400}
KEY = {"Fn::ImportValue": "GreenlightKey:ExportsOutputFnGetAttKey961B73FDArn5A860C43"}
HSTS = "routing.http.response.strict_transport_security.header_value"

Templates = Mapping[str, Template]


@pytest.fixture(params=["ec2", "fargate"])
def strict(request: pytest.FixtureRequest, synthesize: Synthesize) -> Templates:
    return synthesize(compute=request.param, **HARSH)


def _all(templates: Templates, kind: str) -> Iterator[dict[str, Any]]:
    for template in templates.values():
        yield from resources(template, kind).values()


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("Logs::LogGroup", "KmsKeyId"),
        ("SNS::Topic", "KmsMasterKeyId"),
        ("SQS::Queue", "KmsMasterKeyId"),
        ("SecretsManager::Secret", "KmsKeyId"),
    ],
)
def test_what_is_kept_is_encrypted_with_the_customers_key(strict: Templates, kind: str, named: str) -> None:
    found = [each["Properties"].get(named) for each in _all(strict, kind)]

    assert found
    assert all(key == KEY for key in found)


def test_tables_are_encrypted_with_the_customers_key(strict: Templates) -> None:
    found = [each["SSESpecification"] for each in properties(strict["GreenlightData"], "DynamoDB::Table")]

    assert found == [{"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}] * len(found)


def test_no_queue_asks_for_two_ways_of_encryption(strict: Templates) -> None:
    assert not [each for each in _all(strict, "SQS::Queue") if "SqsManagedSseEnabled" in each["Properties"]]


def test_the_hosts_disk_is_encrypted_with_the_customers_key(synthesize: Synthesize) -> None:
    template = synthesize(compute="ec2", **HARSH)["GreenlightEc2Host"]
    (disk,) = only(template, "EC2::LaunchTemplate")["LaunchTemplateData"]["BlockDeviceMappings"]

    assert disk["Ebs"]["KmsKeyId"] == KEY


def test_the_key_is_rotated_and_outlives_its_stack(strict: Templates) -> None:
    (key,) = resources(strict["GreenlightKey"], "KMS::Key").values()

    assert key["Properties"]["EnableKeyRotation"] is True
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_whoever_uses_the_key_does_so_in_this_account_or_is_a_named_service(strict: Templates) -> None:
    own, *others = only(strict["GreenlightKey"], "KMS::Key")["KeyPolicy"]["Statement"]

    assert own["Principal"]["AWS"]["Fn::Join"][1][-1] == ":root"
    for each in others:
        if each["Principal"] == {"AWS": "*"}:
            assert each["Condition"]["StringEquals"]["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}
            assert each["Condition"]["StringEquals"]["kms:ViaService"]
        else:
            assert list(each["Principal"]) == ["Service"]


def test_eventbridge_may_use_the_key_without_a_condition_since_it_sends_none(strict: Templates) -> None:
    statements = only(strict["GreenlightKey"], "KMS::Key")["KeyPolicy"]["Statement"]
    (found,) = (each for each in statements if each["Principal"] == {"Service": "events.amazonaws.com"})

    assert found["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert "Condition" not in found


def test_logs_outlive_their_stack_for_a_year(strict: Templates) -> None:
    groups = list(_all(strict, "Logs::LogGroup"))

    assert {each["DeletionPolicy"] for each in groups} == {"Retain"}
    assert {each["Properties"]["RetentionInDays"] for each in groups} == {365, 400}


def test_a_log_group_that_stays_is_not_in_the_way_of_the_next_stack(strict: Templates) -> None:
    names = [each["Properties"].get("LogGroupName") for each in _all(strict, "Logs::LogGroup")]

    assert all("AWS::StackId" in str(name) for name in names if name)


def test_access_logs_are_deleted_by_their_age_alone(strict: Templates) -> None:
    bucket = only(strict["GreenlightEdge"], "S3::Bucket")
    statements = only(strict["GreenlightEdge"], "S3::BucketPolicy")["PolicyDocument"]["Statement"]
    (denied,) = (each for each in statements if "s3:DeleteObjectVersion" in each["Action"])

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert (denied["Effect"], denied["Principal"]) == ("Deny", {"AWS": "*"})
    assert denied["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]) == (365, {"NoncurrentDays": 1})


def test_browsers_are_told_to_ask_for_tls_alone_on_443_alone(strict: Templates) -> None:
    by_port = {each["Port"]: each for each in properties(strict["GreenlightEdge"], "ElasticLoadBalancingV2::Listener")}

    assert attributes(by_port[443]["ListenerAttributes"]) == {HSTS: "max-age=31536000"}
    assert "ListenerAttributes" not in by_port[80]


def test_an_address_that_asks_too_much_is_blocked(strict: Templates) -> None:
    rules = only(strict["GreenlightEdge"], "WAFv2::WebACL")["Rules"]
    (rate,) = (each for each in rules if "RateBasedStatement" in each["Statement"])

    assert rate["Action"] == {"Block": {}}
    assert rate["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "Limit": 2000,
        "EvaluationWindowSec": 300,
    }
    assert rate["Priority"] > max(each["Priority"] for each in rules if each is not rate)


def test_nothing_in_a_public_subnet_gets_an_address_unasked(strict: Templates) -> None:
    assert not [each for each in properties(strict["GreenlightNetwork"], "EC2::Subnet") if each["MapPublicIpOnLaunch"]]


def test_host_and_tasks_reach_what_was_named_alone(strict: Templates) -> None:
    groups = properties(strict["GreenlightNetwork"], "EC2::SecurityGroup")
    (service,) = (each for each in groups if each["GroupDescription"] == "Greenlight host and tasks")

    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in service["SecurityGroupEgress"]] == [
        ("0.0.0.0/0", 443, 443),
        ("10.9.0.0/16", 5432, 5432),
    ]


def _watches(templates: Templates) -> dict[str, dict[str, Any]]:
    rules = resources(templates["GreenlightSwitch"], "Events::Rule")
    return {
        each["Properties"]["EventPattern"]["source"][0]: each["Properties"]
        for name, each in rules.items()
        if name.startswith("Strangers")
    }


@pytest.mark.parametrize(
    ("source", "call"),
    [("aws.elasticloadbalancing", "ModifyRule"), ("aws.ssm", "PutParameter"), ("aws.states", "StartExecution")],
)
def test_people_are_told_of_calls_that_only_greenlight_should_make(strict: Templates, source: str, call: str) -> None:
    rule = _watches(strict)[source]
    topic = next(iter(resources(strict["GreenlightSwitch"], "SNS::Topic")))

    assert call in rule["EventPattern"]["detail"]["eventName"]
    assert [each["Arn"] for each in rule["Targets"]] == [{"Ref": topic}]
    assert rule["EventPattern"]["detail"]["sourceIPAddress"] == [{"anything-but": ["cloudformation.amazonaws.com"]}]


def test_the_roles_that_may_change_rules_are_no_strangers(strict: Templates) -> None:
    identity = _watches(strict)["aws.elasticloadbalancing"]["EventPattern"]["detail"]["userIdentity"]
    known, missing = identity["sessionContext"]["sessionIssuer"]["arn"]
    may = {
        role["Ref"]
        for stack in ("GreenlightSwitch", "GreenlightEdge")
        for each in resources(strict[stack], "IAM::Policy").values()
        for role in each["Properties"]["Roles"]
        if any(f"elasticloadbalancing:{call}" in text(each) for call in ("CreateRule", "ModifyRule", "DeleteRule"))
    }
    named = text(known["anything-but"])

    assert len(known["anything-but"]) == len(may)
    assert all(role in named for role in may)
    assert missing == {"exists": False}


def test_standard_has_none_of_it(synthesize: Synthesize) -> None:
    templates = synthesize()
    everything = "".join(map(text, templates.values()))

    assert "GreenlightKey" not in templates
    assert not [mark for mark in ("KmsKeyId", "RateBasedStatement", HSTS, "via CloudTrail") if mark in everything]
    assert {each["DeletionPolicy"] for each in _all(templates, "Logs::LogGroup")} == {"Delete"}


def test_the_default_group_is_closed_by_a_function_that_may_change_it_alone(strict: Templates) -> None:
    network = strict["GreenlightNetwork"]
    (vpc,) = resources(network, "EC2::VPC")
    group = {"Fn::GetAtt": [vpc, "DefaultSecurityGroup"]}
    (closed,) = [
        each["Properties"] for each in network["Resources"].values() if each["Type"] == "Custom::GreenlightClosedGroup"
    ]
    (revoking,) = (
        statement
        for each in properties(network, "IAM::Policy")
        for statement in each["PolicyDocument"]["Statement"]
        if "ec2:RevokeSecurityGroupIngress" in statement["Action"]
    )

    assert closed["GroupId"] == group
    assert revoking["Resource"]["Fn::Join"][1][-2:] == [":security-group/", group]


def test_the_hosts_document_is_watched_by_its_name_and_by_its_arn(strict: Templates) -> None:
    by_name, _ = _watches(strict)["aws.ssm"]["EventPattern"]["detail"]["$or"]

    assert by_name["requestParameters"]["name"] == [
        {"prefix": "/greenlight/"},
        "Greenlight-RunColor",
        {"suffix": ":document/Greenlight-RunColor"},
    ]
