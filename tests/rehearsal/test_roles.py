"""Roles in the local cloud: a service takes a role only if the role trusts it, and its credentials expire."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import EVERYTHING, LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

SESSION_SECONDS = 4.0
ACCOUNT = "000000000000"
REST = {"QueryLanguage": "JSONata", "StartAt": "Rest", "States": {"Rest": {"Type": "Succeed"}}}
KEY = """
import boto3

def handle(event, context):
    table = boto3.client("dynamodb").list_tables()["TableNames"]
    return boto3.session.Session().get_credentials().access_key
"""
CANNOT_BE_ASSUMED = "The role defined for the function cannot be assumed by Lambda."
NOT_AUTHORIZED = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the"
    " provided role."
)


def trust(principal: object, effect: str = "Allow", action: str = "sts:AssumeRole", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Principal": principal, "Action": action}
    return {**statement, "Condition": condition} if condition else statement


LAMBDA, STATES, EC2 = ({"Service": f"{name}.amazonaws.com"} for name in ("lambda", "states", "ec2"))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    adapters = ("iam", "cloudformation", "ec2", "lambda_functions", "stepfunctions")
    folder = tmp_path_factory.mktemp("cloud")
    with started(folder, *adapters, GREENLIGHT_SESSION_SECONDS=str(SESSION_SECONDS)) as cloud:
        yield cloud


def role(cloud: LocalCloud, name: str, *statements: dict[str, Any], path: str = "/") -> str:
    """A role with a trust policy of its own, that may do everything."""
    iam = cloud.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    arn = str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, Path=path)["Role"]["Arn"])
    policy = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return arn


def machine(cloud: LocalCloud, name: str, arn: str, **settings: Any) -> str:
    created = cloud.client("stepfunctions").create_state_machine(
        name=name, roleArn=arn, definition=json.dumps(REST), **settings
    )
    return str(created["stateMachineArn"])


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("lambda-of-others", (trust({"Service": "edgelambda.amazonaws.com"}),)),
        ("lambda-account", (trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),)),
        ("lambda-action", (trust(LAMBDA, action="sts:TagSession"),)),
        ("lambda-denied", (trust(LAMBDA), trust(LAMBDA, "Deny"))),
        ("lambda-condition", (trust(LAMBDA, StringEquals={"aws:SourceAccount": "111111111111"}),)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_function_is_refused_a_role_that_does_not_trust_lambda(
    cloud: LocalCloud, name: str, statements: tuple[dict[str, Any], ...]
) -> None:
    """Lambda guide, "Defining Lambda function permissions with an execution role"."""
    with pytest.raises(ClientError) as refused:
        cloud.function(name, KEY, role(cloud, name, *statements))

    assert refused.value.response["Error"] == {
        "Code": "InvalidParameterValueException",
        "Message": CANNOT_BE_ASSUMED,
    }


def test_a_function_cannot_be_given_such_a_role_later(cloud: LocalCloud) -> None:
    """Lambda API reference, UpdateFunctionConfiguration: InvalidParameterValueException."""
    cloud.function("moved", KEY, role(cloud, "moved-from", trust(LAMBDA)))

    with pytest.raises(ClientError, match=CANNOT_BE_ASSUMED):
        cloud.client("lambda").update_function_configuration(
            FunctionName="moved", Role=role(cloud, "moved-to", trust(STATES))
        )


def test_a_role_of_another_path_is_another_role(cloud: LocalCloud) -> None:
    """IAM guide, "IAM identifiers": the path is a part of the ARN."""
    arn = role(cloud, "with-path", trust(LAMBDA), path="/greenlight/")

    with pytest.raises(ClientError, match=CANNOT_BE_ASSUMED):
        cloud.function("with-path", KEY, arn.replace("/greenlight/", "/"))
    cloud.function("with-path", KEY, arn)


def test_a_function_of_a_template_is_refused_such_a_role(cloud: LocalCloud) -> None:
    """CloudFormation shows Lambda's own words as the reason of the resource."""
    code = {"ZipFile": "def handle(event, context): pass"}
    function = {"Runtime": "python3.14", "Handler": "index.handle", "Code": code, "Role": role(cloud, "t", trust(EC2))}
    template = {"Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": function}}}
    client = cloud.client("cloudformation")
    client.create_stack(StackName="Refused", TemplateBody=json.dumps(template))

    def reasons() -> list[str]:
        events = client.describe_stack_events(StackName="Refused")["StackEvents"]
        return [each["ResourceStatusReason"] for each in events if each["ResourceStatus"] == "CREATE_FAILED"]

    assert CANNOT_BE_ASSUMED in eventually(reasons)[0]


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("states-global", trust(STATES)),
        ("states-regional", trust({"Service": "states.us-east-1.amazonaws.com"})),
        ("states-account", trust(STATES, StringEquals={"aws:SourceAccount": ACCOUNT})),
        (
            "states-machine",
            trust(STATES, ArnLike={"aws:SourceArn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:*"}),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_machine_gets_a_role_that_trusts_step_functions(
    cloud: LocalCloud, name: str, statement: dict[str, Any]
) -> None:
    """Step Functions guide, "Creating an IAM role" and "Prevent cross-service confused deputy issue"."""
    assert machine(cloud, name, role(cloud, name, statement)).endswith(f":{name}")


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("no-states", trust(LAMBDA)),
        ("no-region", trust({"Service": "states.eu-west-1.amazonaws.com"})),
        ("no-account", trust(STATES, StringEquals={"aws:SourceAccount": "111111111111"})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_machine_is_refused_a_role_that_does_not_trust_step_functions(
    cloud: LocalCloud, name: str, statement: dict[str, Any]
) -> None:
    """Step Functions answers AccessDeniedException (awsdocs/aws-step-functions-developer-guide, issue 23)."""
    with pytest.raises(ClientError) as refused:
        machine(cloud, name, role(cloud, name, statement))

    assert refused.value.response["Error"] == {"Code": "AccessDeniedException", "Message": NOT_AUTHORIZED}


def test_a_machine_cannot_be_given_such_a_role_later(cloud: LocalCloud) -> None:
    """Step Functions API reference, UpdateStateMachine."""
    arn = machine(cloud, "later", role(cloud, "later-from", trust(STATES)))

    with pytest.raises(ClientError, match="nor the regional one is authorized"):
        cloud.client("stepfunctions").update_state_machine(
            stateMachineArn=arn, roleArn=role(cloud, "later-to", trust(LAMBDA))
        )


def test_a_machine_whose_role_may_not_deliver_its_log_is_refused(cloud: LocalCloud) -> None:
    """Step Functions guide, "Using CloudWatch Logs to log execution history in Step Functions"."""
    arn = cloud.role("no-delivery", "states.amazonaws.com")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:machine:*"
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": group}}

    with pytest.raises(ClientError, match="is not authorized to access the Log Destination"):
        machine(cloud, "logged", arn, loggingConfiguration={"level": "ALL", "destinations": [destination]})
    machine(cloud, "unlogged", arn, loggingConfiguration={"level": "OFF"})


@pytest.mark.parametrize(("name", "principal", "keys"), [("instance", EC2, "some"), ("no-instance", LAMBDA, "")])
def test_an_instance_has_credentials_only_if_its_role_trusts_ec2(
    cloud: LocalCloud, name: str, principal: object, keys: str
) -> None:
    """EC2 guide, "IAM roles for Amazon EC2"; the metadata service answers AssumeRoleUnauthorizedAccess."""
    role(cloud, name, trust(principal))
    iam = cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    instance = cloud.client("ec2").run_instances(
        ImageId="ami-0c2023a1b2c3d4e5f",
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": name},
        UserData='#!/bin/bash\necho "${AWS_SESSION_TOKEN:+some}" > seen\ntouch done\n',
    )["Instances"][0]["InstanceId"]

    home = cloud.run_dir / "hosts" / instance
    assert eventually((home / "done").exists)
    assert (home / "seen").read_text().strip() == keys


def test_a_user_takes_a_role_only_if_the_role_trusts_the_user(cloud: LocalCloud) -> None:
    """IAM guide, "Policies and permissions": AssumeRole needs the caller's permission and the role's trust."""
    user = cloud.user("sts", "caller", ["sts:AssumeRole"])
    known = role(cloud, "known", trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/caller"}))
    named = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/caller"}, StringEquals={"sts:ExternalId": "42"})
    with_id = role(cloud, "with-id", named)

    assert user.assume_role(RoleArn=known, RoleSessionName="session")["Credentials"]["Expiration"]
    assert user.assume_role(RoleArn=with_id, RoleSessionName="session", ExternalId="42")
    for arn in (role(cloud, "unknown", trust(LAMBDA)), with_id):
        with pytest.raises(ClientError, match="is not authorized to perform: sts:AssumeRole"):
            user.assume_role(RoleArn=arn, RoleSessionName="session")


def test_the_credentials_of_a_function_expire_and_are_renewed(cloud: LocalCloud) -> None:
    """IAM guide, "Temporary security credentials": once they expire, AWS no longer takes them."""
    cloud.function("keys", KEY, role(cloud, "keys", trust(LAMBDA)), Timeout=1)

    def key() -> str:
        return str(json.load(cloud.client("lambda").invoke(FunctionName="keys")["Payload"]))

    first = key()
    assert key() == first
    time.sleep(SESSION_SECONDS - 1)
    assert key() not in ("", first)


@pytest.mark.parametrize(("service", "code"), [("dynamodb", "ExpiredTokenException"), ("elbv2", "ExpiredToken")])
def test_expired_credentials_are_refused_as_such(cloud: LocalCloud, service: str, code: str) -> None:
    """Common errors of the API references: ExpiredTokenException in JSON, ExpiredToken in the query protocol."""
    source = "import os\n\ndef handle(event, context):\n    return dict(os.environ)\n"
    cloud.function(f"tell-{service}", source, role(cloud, f"tell-{service}", trust(LAMBDA)), Timeout=1)
    told = json.load(cloud.client("lambda").invoke(FunctionName=f"tell-{service}")["Payload"])
    client: Any = boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=cloud.endpoint,
        region_name="us-east-1",
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=told["AWS_SESSION_TOKEN"],
        config=Config(retries={"max_attempts": 0}),
    )
    look = client.list_tables if service == "dynamodb" else client.describe_load_balancers
    look()
    time.sleep(SESSION_SECONDS)

    with pytest.raises(ClientError, match="The security token included in the request is expired") as refused:
        look()
    assert refused.value.response["Error"]["Code"] == code
