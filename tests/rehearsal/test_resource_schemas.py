"""Properties are held against the schemas of CloudFormation's registry.

AWS: docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (required, readOnlyProperties,
additionalProperties), and the reference of each type: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.schemas import check

LOG: dict[str, Any] = {"ResourceId": "vpc-1", "ResourceType": "VPC", "TrafficType": "ALL"}
FAILED = "Properties validation failed for resource A with message:\n"

REFUSED = [
    ("AWS::EC2::FlowLog", {**LOG, "Sampling": 2}, f"{FAILED}#: extraneous key [Sampling] is not permitted"),
    ("AWS::EC2::FlowLog", {"ResourceId": "vpc-1"}, f"{FAILED}#: required key [ResourceType] not found"),
    ("AWS::EC2::FlowLog", {**LOG, "TrafficType": "SOME"}, f"{FAILED}#/TrafficType: SOME is not a valid enum value"),
    (
        "AWS::EC2::Instance",
        {"NetworkInterfaces": [{"DeviceIndex": "0", "Subnet": "s"}]},
        f"{FAILED}#/NetworkInterfaces/0: extraneous key [Subnet] is not permitted",
    ),
    ("AWS::EC2::Instance", {"PublicIp": "1.2.3.4"}, "Encountered unsupported properties in {/properties/}: [PublicIp]"),
    ("AWS::SNS::Topic", {"Tags": [{"Key": "a"}]}, f"{FAILED}#/Tags/0: required key [Value] not found"),
]


@pytest.mark.parametrize(("kind", "properties", "said"), REFUSED)
def test_what_the_schema_does_not_allow_is_refused(kind: str, properties: dict[str, Any], said: str) -> None:
    with pytest.raises(ActionError, match=re.escape(said)):
        check(kind, "A", properties)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::EC2::FlowLog", LOG),
        ("AWS::SNS::Topic", {"TopicName": "t", "Tags": [{"Key": "a", "Value": "b"}]}),
        ("AWS::Signer::SigningProfile", {"PlatformId": "Notation-OCI-SHA384-ECDSA", "ProfileName": "images"}),
        ("AWS::SSM::Parameter", {"Type": "String", "Value": "1", "Tags": {"team": "shop"}}),
        ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow"}]}}),
        ("Custom::GreenlightRelease", {"ServiceToken": "arn", "Anything": 1}),
    ],
)
def test_what_the_schema_allows_or_does_not_know_is_taken(kind: str, properties: dict[str, Any]) -> None:
    check(kind, "A", properties)
