"""What CloudFormation says of a template that names what it does not define.

Sources: repost.aws/knowledge-center/cloudformation-template-validation for the unresolved dependencies and the
condition; docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getatt.html,
intrinsic-function-reference-sub.html and aws-attribute-dependson.html for what may be named where.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from greenlight.rehearsal.cloud.cloudformation.references import check

UNRESOLVED = "Template format error: Unresolved resource dependencies"
UNDEFINED = "Template error: instance of Fn::GetAtt references undefined resource"


def topic(name: Any = "x", **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}, **more}


REFUSED = [
    ({"Resources": {"A": topic({"Ref": "B"})}}, f"{UNRESOLVED} [B] in the Resources block of the template"),
    (
        {"Resources": {"A": topic({"Fn::Join": ["", [{"Ref": "C"}, {"Ref": "B"}]]})}},
        f"{UNRESOLVED} [B, C] in the Resources block of the template",
    ),
    ({"Resources": {"A": topic(DependsOn="B")}}, f"{UNRESOLVED} [B] in the Resources block of the template"),
    ({"Resources": {"A": topic({"Fn::Sub": "${B}-x"})}}, f"{UNRESOLVED} [B] in the Resources block of the template"),
    ({"Resources": {"A": topic({"Fn::GetAtt": ["B", "Arn"]})}}, f"{UNDEFINED} B"),
    ({"Resources": {"A": topic({"Fn::GetAtt": "B.Arn"})}}, f"{UNDEFINED} B"),
    (
        {"Resources": {"A": topic({"Fn::Sub": "${B.Arn}"})}},
        "Template error: instance of Fn::Sub references invalid resource attribute B.Arn",
    ),
    (
        {"Resources": {"A": topic()}, "Outputs": {"O": {"Value": {"Ref": "B"}}}},
        f"{UNRESOLVED} [B] in the Outputs block of the template",
    ),
    ({"Resources": {"A": topic()}, "Outputs": {"O": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}}}, f"{UNDEFINED} B"),
    (
        {"Resources": {"A": topic(Condition="Never")}},
        "Template format error: Unresolved condition dependency Never in the Resources block of the template",
    ),
    (
        {"Resources": {"A": topic({"Ref": "B"}), "B": topic(DependsOn=["A"])}},
        "Circular dependency between resources: [A, B]",
    ),
]


@pytest.mark.parametrize(("template", "said"), REFUSED)
def test_a_reference_to_nothing_is_refused_in_cloudformations_words(template: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check(template)


@pytest.mark.parametrize(
    "name",
    [
        {"Ref": "B"},
        {"Ref": "P"},
        {"Ref": "AWS::StackName"},
        {"Fn::Sub": "${B}${P}${AWS::Region}${B.TopicName}${!Literal}"},
        {"Fn::Sub": ["${given}", {"given": {"Ref": "P"}}]},
        {"Fn::GetAtt": ["B", "TopicName"]},
    ],
)
def test_a_reference_to_what_is_there_is_taken(name: Any) -> None:
    check({"Parameters": {"P": {"Type": "String"}}, "Resources": {"A": topic(name, DependsOn="B"), "B": topic()}})
