"""Lambda in the local cloud: what it refuses in a function's configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

SOURCE = "import os\n\ndef handle(event, context):\n    return dict(os.environ)\n"
LONGEST = "x" * (4096 - len(json.dumps({"A1": ""}, separators=(",", ":"))))
"""A value with which one variable takes exactly the 4 KB that a function has."""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation", "lambda_functions") as cloud:
        cloud.function("there", SOURCE, cloud.role("work", "lambda.amazonaws.com"))
        yield cloud


def configure(cloud: LocalCloud, **settings: Any) -> Any:
    """Change the function past boto3's own checks, so that it is the API that refuses."""
    client = cloud.client("lambda", parameter_validation=False)
    return client.update_function_configuration(FunctionName="there", **settings)


def refusal(cloud: LocalCloud, **settings: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        configure(cloud, **settings)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_four_kilobytes_of_environment_are_taken_and_not_one_byte_more(cloud: LocalCloud) -> None:
    """Lambda guide, "Lambda quotas": 4 KB for all environment variables together, names and punctuation included."""
    configure(cloud, Environment={"Variables": {"A1": LONGEST}})

    code, message = refusal(cloud, Environment={"Variables": {"A1": f"{LONGEST}x"}})
    assert code == "InvalidParameterValueException"
    assert message == (
        "Lambda was unable to configure your environment variables because the environment variables you have provided"
        f' exceeded the 4KB limit. String measured: {{"A1":"{LONGEST}x"}}'
    )


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "LAMBDA_TASK_ROOT", "_HANDLER"])
def test_variables_that_lambda_sets_itself_are_refused(cloud: LocalCloud, name: str) -> None:
    """Lambda guide, "Defined runtime environment variables": reserved keys."""
    code, message = refusal(cloud, Environment={"Variables": {name: "mine"}})

    assert code == "InvalidParameterValueException"
    assert message.endswith(f"Reserved keys used in this request: {name}")


@pytest.mark.parametrize("name", ["1ST", "WITH-DASH", "A", "_MINE"])
def test_variables_need_a_name_of_letters_digits_and_underscores(cloud: LocalCloud, name: str) -> None:
    """Lambda API reference, Environment: `[a-zA-Z]([a-zA-Z0-9_])+`."""
    code, message = refusal(cloud, Environment={"Variables": {name: "mine"}})

    assert code == "ValidationException"
    assert "[a-zA-Z]([a-zA-Z0-9_])+" in message


@pytest.mark.parametrize(
    ("settings", "bound"),
    [
        ({"Timeout": 901}, "less than or equal to 900"),
        ({"Timeout": 0}, "greater than or equal to 1"),
        ({"MemorySize": 127}, "greater than or equal to 128"),
        ({"MemorySize": 10_241}, "less than or equal to 10240"),
    ],
    ids=["long", "none", "small", "large"],
)
def test_a_timeout_and_a_memory_out_of_bounds_are_refused(
    cloud: LocalCloud, settings: dict[str, int], bound: str
) -> None:
    """Lambda API reference, UpdateFunctionConfiguration: valid ranges of Timeout and MemorySize."""
    code, message = refusal(cloud, **settings)

    assert code == "ValidationException"
    assert message.endswith(f"Member must have value {bound}")


def test_a_variable_that_lambda_does_not_reserve_is_the_functions_own(cloud: LocalCloud) -> None:
    """Lambda guide, "Defined runtime environment variables": TZ and PATH are not reserved."""
    configure(cloud, Environment={"Variables": {"TZ": "Europe/Berlin"}})

    assert json.load(cloud.client("lambda").invoke(FunctionName="there")["Payload"])["TZ"] == "Europe/Berlin"


def test_a_template_is_refused_what_the_api_is_refused(cloud: LocalCloud) -> None:
    """CloudFormation calls the same API, and shows its words."""
    client = cloud.client("cloudformation")
    properties = {
        "Runtime": "python3.14",
        "Handler": "index.handle",
        "Code": {"ZipFile": SOURCE},
        "Role": "arn:aws:iam::000000000000:role/work",
        "Environment": {"Variables": {"A1": f"{LONGEST}x"}},
    }
    template = {"Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    client.create_stack(StackName="TooMuch", TemplateBody=json.dumps(template))

    def reasons() -> list[str]:
        events = client.describe_stack_events(StackName="TooMuch")["StackEvents"]
        return [each["ResourceStatusReason"] for each in events if each["ResourceStatus"] == "CREATE_FAILED"]

    assert "exceeded the 4KB limit" in eventually(reasons)[0]
