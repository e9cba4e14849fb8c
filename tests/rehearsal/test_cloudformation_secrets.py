"""Secrets made by a stack, as templates and policies rely on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

TEMPLATE = {
    "Resources": {
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"GenerateSecretString": {"PasswordLength": 48, "ExcludePunctuation": True}},
        }
    },
    "Outputs": {"Ref": {"Value": {"Ref": "Secret"}}},
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("secrets"), "iam", "cloudformation") as running:
        yield running


@pytest.fixture(scope="module")
def ref(cloud: LocalCloud) -> str:
    """What `Ref` gives for the secret of a deployed stack."""
    client = cloud.client("cloudformation")
    client.create_stack(StackName="secrets", TemplateBody=json.dumps(TEMPLATE))

    def complete() -> Any:
        stack = client.describe_stacks(StackName="secrets")["Stacks"][0]
        return stack if stack["StackStatus"] == "CREATE_COMPLETE" else None

    return str(eventually(complete)["Outputs"][0]["OutputValue"])


def test_a_ref_is_the_arn_that_policies_name(ref: str) -> None:
    assert ref.startswith("arn:aws:secretsmanager:")


def test_a_generated_value_has_only_the_characters_asked_for(cloud: LocalCloud, ref: str) -> None:
    value = cloud.client("secretsmanager").get_secret_value(SecretId=ref)["SecretString"]

    assert len(value) == 48
    assert value.isalnum()


@pytest.mark.parametrize("is_hidden", [True, False], ids=["hidden", "shown"])
def test_events_do_not_show_a_parameter_that_is_not_to_be_echoed(cloud: LocalCloud, is_hidden: bool) -> None:
    client, name = cloud.client("cloudformation"), f"echo-{is_hidden}".lower()
    properties = {"Type": "String", "Value": {"Ref": "Password"}}
    template = {
        "Parameters": {"Password": {"Type": "String"} | ({"NoEcho": True} if is_hidden else {})},
        "Resources": {"Kept": {"Type": "AWS::SSM::Parameter", "Properties": properties}},
    }
    given = [{"ParameterKey": "Password", "ParameterValue": "hunter2"}]

    client.create_stack(StackName=name, TemplateBody=json.dumps(template), Parameters=given)
    eventually(lambda: client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE")

    shown = str(client.describe_stack_events(StackName=name)["StackEvents"])
    assert ("hunter2" in shown) is not is_hidden


def test_a_stack_that_goes_takes_its_secret_with_it(cloud: LocalCloud, ref: str) -> None:
    cloud.client("cloudformation").delete_stack(StackName="secrets")

    assert eventually(lambda: not cloud.client("secretsmanager").list_secrets()["SecretList"])
