"""What the ports of `host_color` say to AWS, and what they make of its answers."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import ANY, Stubber
from host_color.errors import HostUnreachableError, NotAllowedError
from host_color.judgment import Invocation
from host_color.model import HostColor, Place, Step
from host_color.ports.commands import Commands
from host_color.ports.targets import Targets
from traffic_switch.contract import Color

INSTANCE = "i-0123456789abcdef0"
COMMAND = "00000000-0000-0000-0000-000000000001"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/1"
GREEN = HostColor("shop", Color.GREEN, "registry/shop:2.0.0", "Greenlight-RunColor", Place(GROUP, INSTANCE, 3001))


@pytest.fixture
def ssm() -> Iterator[tuple[Commands, Stubber]]:
    client = boto3.client("ssm", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield Commands(client), stub


@pytest.fixture
def elbv2() -> Iterator[tuple[Targets, Stubber]]:
    client = boto3.client("elbv2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield Targets(client), stub


def test_a_command_names_the_color_and_the_image_as_parameters_of_the_document(ssm: tuple[Commands, Stubber]) -> None:
    commands, stub = ssm
    wanted = {
        "DocumentName": "Greenlight-RunColor",
        "DocumentVersion": "$LATEST",
        "InstanceIds": [INSTANCE],
        "Parameters": {"service": ["shop"], "color": ["green"], "image": ["registry/shop:2.0.0"], "step": ["prepare"]},
        "TimeoutSeconds": ANY,
        "Comment": ANY,
    }
    stub.add_response("send_command", {"Command": {"CommandId": COMMAND}}, wanted)

    assert commands.send(GREEN, Step.PREPARE) == COMMAND


@pytest.mark.parametrize(
    ("code", "error"), [("InvalidInstanceId", HostUnreachableError), ("AccessDeniedException", NotAllowedError)]
)
def test_what_may_pass_is_told_apart_from_what_will_not(
    ssm: tuple[Commands, Stubber], code: str, error: type[Exception]
) -> None:
    commands, stub = ssm
    stub.add_client_error("send_command", code)

    with pytest.raises(error):
        commands.send(GREEN, Step.RUN)


def test_a_command_that_systems_manager_does_not_know_yet_is_none(ssm: tuple[Commands, Stubber]) -> None:
    commands, stub = ssm
    stub.add_client_error("get_command_invocation", "InvocationDoesNotExist")

    assert commands.look(COMMAND, INSTANCE) is None


def test_errors_come_after_the_rest_of_the_output(ssm: tuple[Commands, Stubber]) -> None:
    commands, stub = ssm
    answer = {"Status": "Failed", "StandardOutputContent": "pulling", "StandardErrorContent": "cannot pull"}
    stub.add_response("get_command_invocation", answer, {"CommandId": COMMAND, "InstanceId": INSTANCE})

    assert commands.look(COMMAND, INSTANCE) == Invocation("Failed", "pulling\ncannot pull")


def test_a_place_is_an_instance_with_its_port(elbv2: tuple[Targets, Stubber]) -> None:
    targets, stub = elbv2
    stub.add_response("register_targets", {}, {"TargetGroupArn": GROUP, "Targets": [{"Id": INSTANCE, "Port": 3001}]})

    targets.register(GREEN.place)

    stub.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["InvalidTarget", "TargetGroupNotFound"])
def test_taking_out_what_is_not_in_is_a_success(elbv2: tuple[Targets, Stubber], code: str) -> None:
    targets, stub = elbv2
    stub.add_client_error("deregister_targets", code)

    targets.deregister(GREEN.place)


def test_a_target_group_that_is_gone_has_no_targets(elbv2: tuple[Targets, Stubber]) -> None:
    targets, stub = elbv2
    stub.add_client_error("describe_target_health", "TargetGroupNotFound")

    assert targets.health(GROUP) == ()
