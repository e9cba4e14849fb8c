"""Templates that CloudFormation refuses before, or as soon as, it touches anything.

AWS: repost.aws/knowledge-center/cloudformation-template-validation (references, by every call that takes a template),
docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (properties, by resource).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal
UNRESOLVED = "Template format error: Unresolved resource dependencies [Missing] in the Resources block of the template"


def template(**properties: Any) -> str:
    return json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}}})


BROKEN = template(TopicName={"Ref": "Missing"})


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation") as cloud:
        yield cloud


@pytest.mark.parametrize(
    ("action", "named"),
    [
        ("validate_template", {}),
        ("create_stack", {"StackName": "broken"}),
        ("create_change_set", {"StackName": "broken", "ChangeSetName": "c", "ChangeSetType": "CREATE"}),
    ],
)
def test_every_call_that_takes_a_template_refuses_a_reference_to_nothing(
    cloud: LocalCloud, action: str, named: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(cloud.client("cloudformation"), action)(TemplateBody=BROKEN, **named)

    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("ValidationError", UNRESOLVED)


def test_an_update_with_a_reference_to_nothing_is_refused_and_changes_nothing(cloud: LocalCloud) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="sound", TemplateBody=template(TopicName="sound"))

    def status() -> str:
        return str(cloudformation.describe_stacks(StackName="sound")["Stacks"][0]["StackStatus"])

    assert eventually(lambda: status() == "CREATE_COMPLETE")
    with pytest.raises(ClientError, match="Unresolved resource dependencies"):
        cloudformation.update_stack(StackName="sound", TemplateBody=BROKEN)
    assert status() == "CREATE_COMPLETE"


def test_a_property_that_the_type_does_not_have_fails_the_resource(cloud: LocalCloud) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="extra", TemplateBody=template(Colour="green"))

    def reasons() -> list[str]:
        events = cloudformation.describe_stack_events(StackName="extra")["StackEvents"]
        return [each["ResourceStatusReason"] for each in events if each["ResourceStatus"] == "CREATE_FAILED"]

    assert eventually(reasons) == [
        "Properties validation failed for resource Topic with message:\n#: extraneous key [Colour] is not permitted"
    ]
