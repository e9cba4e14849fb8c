"""Run Command: documents whose script runs for real on an instance's machine, when IAM and the document allow it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.cloud.ssm.documents import Document, DocumentError, ParameterError, Script
from tests.rehearsal.compute_cloud import ComputeCloud, compute_cloud, eventually
from tests.rehearsal.template_pieces import open_network, resource

COLORS = ["blue", "green"]
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
AGENT = {
    "PolicyName": "agent",
    "PolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["ssm:UpdateInstanceInformation", "ssmmessages:*"], "Resource": "*"}
        ],
    },
}


def content(*commands: str, timeout: str = "60") -> dict[str, Any]:
    parameters = {
        "color": {"type": "String", "allowedValues": COLORS},
        "image": {"type": "String", "allowedPattern": "^[a-z]+:[0-9.]+$", "default": "shop:1.0"},
    }
    inputs = {"runCommand": list(commands), "timeoutSeconds": timeout}
    step = {"action": "aws:runShellScript", "name": "run", "inputs": inputs}
    return {"schemaVersion": "2.2", "parameters": parameters, "mainSteps": [step]}


def test_parameters_are_filled_in() -> None:
    document = Document.parse(json.dumps(content("set -eu", "run '{{ color }}' '{{image}}'")))

    assert document.render({"color": ["blue"]}) == Script("set -eu\nrun 'blue' 'shop:1.0'", 60.0)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"color": ["red"]}, "use blue, green"),
        ({"color": ["blue"], "image": ["shop"]}, "does not match"),
        ({}, "no value and no default"),
        ({"color": ["blue"], "size": ["1"]}, "size is not in the document"),
    ],
)
def test_a_parameter_that_is_not_allowed_is_refused(given: dict[str, list[str]], problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        Document.parse(content("run")).render(given)


def test_a_document_that_cannot_be_run_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"aws:runShellScript"):
        Document.parse({"schemaVersion": "0.3", "mainSteps": []})


@dataclass(frozen=True)
class Host:
    """An instance, and commands to it."""

    cloud: ComputeCloud
    instance: str

    def run(self, document: str, **parameters: str) -> dict[str, Any]:
        ssm = self.cloud.client("ssm")
        given = {name: [value] for name, value in parameters.items()}
        sent = ssm.send_command(DocumentName=document, InstanceIds=[self.instance], Parameters=given)["Command"]
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=self.instance))
            return found["Status"] not in ("Pending", "InProgress", "Delayed")

        eventually(ended)
        return found


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    say = content('echo "{{ color }} on $(basename "$HOME")"', "echo careful >&2", '[ "{{ color }}" = blue ]')
    documents = {"Say": say, "Sleep": content("sleep 30", timeout="1")}
    resources = {
        name: {
            "Type": "AWS::SSM::Document",
            "Properties": {"Name": name, "DocumentType": "Command", "Content": body, "UpdateMethod": "NewVersion"},
        }
        for name, body in documents.items()
    }
    resources |= {
        **open_network(),
        "Role": resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[AGENT]),
        "Profile": resource("AWS::IAM::InstanceProfile", Roles=[{"Ref": "Role"}]),
        "Instance": resource(
            "AWS::EC2::Instance",
            InstanceType="t3.medium",
            SubnetId={"Ref": "Subnet"},
            IamInstanceProfile={"Ref": "Profile"},
        ),
    }
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        yield Host(cloud, cloud.deploy("Host", resources, Id={"Ref": "Instance"})["Id"])


@pytest.mark.rehearsal
def test_a_document_runs_on_the_machine_of_its_instance(host: Host) -> None:
    found = host.run("Say", color="blue")

    assert (found["Status"], found["ResponseCode"]) == ("Success", 0)
    said = (found["StandardOutputContent"], found["StandardErrorContent"])
    assert said == (f"blue on {host.instance}\n", "careful\n")


@pytest.mark.rehearsal
def test_a_script_that_fails_fails_the_command(host: Host) -> None:
    found = host.run("Say", color="green")

    assert (found["Status"], found["ResponseCode"]) == ("Failed", 1)


@pytest.mark.rehearsal
def test_a_script_over_its_time_fails_the_command(host: Host) -> None:
    found = host.run("Sleep", color="blue")

    assert (found["Status"], found["ResponseCode"]) == ("Failed", 137)


@pytest.mark.rehearsal
def test_amazons_own_shell_document_runs(host: Host) -> None:
    sent = host.cloud.client("ssm").send_command(
        DocumentName="AWS-RunShellScript", InstanceIds=[host.instance], Parameters={"commands": ["exit 4"]}
    )["Command"]
    look = host.cloud.client("ssm").get_command_invocation
    wanted = {"CommandId": sent["CommandId"], "InstanceId": host.instance}

    eventually(lambda: look(**wanted)["ResponseCode"] == 4)


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    ("document", "instance", "color", "code"),
    [
        ("Missing", None, "blue", "InvalidDocument"),
        ("Say", "i-0123456789abcdef0", "blue", "InvalidInstanceId"),
        ("Say", None, "red", "InvalidParameters"),
    ],
)
def test_a_command_that_cannot_run_is_refused(
    host: Host, document: str, instance: str | None, color: str, code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        Host(host.cloud, instance or host.instance).run(document, color=color)


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    ("allowed", "refused"),
    [(["document/Say", "instance/*"], False), (["document/Say"], True), (["instance/*"], True)],
)
def test_a_command_needs_leave_for_the_document_and_for_the_instance(
    host: Host, allowed: list[str], refused: bool
) -> None:
    services = {"document": "ssm", "instance": "ec2"}
    arns = [f"arn:aws:{services[each.partition('/')[0]]}:{REGION}:000000000000:{each}" for each in allowed]
    iam = host.cloud.client("iam")
    user = f"operator-{'-'.join(allowed)}".translate(str.maketrans("/*", "__"))
    iam.create_user(UserName=user)
    statement = {"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": arns}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    command = {"DocumentName": "Say", "InstanceIds": [host.instance], "Parameters": {"color": ["blue"]}}

    if refused:
        with pytest.raises(ClientError, match="AccessDenied"):
            host.cloud.client("ssm", **keys).send_command(**command)
    else:
        assert host.cloud.client("ssm", **keys).send_command(**command)["Command"]["CommandId"]


@pytest.mark.rehearsal
def test_amazon_linux_is_found_by_its_public_parameter(host: Host) -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"

    assert host.cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"].startswith("ami-")
