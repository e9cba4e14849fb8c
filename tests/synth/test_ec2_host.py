from __future__ import annotations

import json
from typing import Any

import pytest

from tests.synth.compute import READ_ONLY_EVERYWHERE, changed, custom, needs, statements
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, only, resources, text
from tests.synth.test_stages import OWN, SHARED

STACK = "GreenlightEc2Host"
GUARD, COLOR = "Custom::GreenlightVersionGuard", "Custom::GreenlightHostColor"
TWO_SERVICES = json.dumps(
    {
        "shop": {"blue_version": "1.0.0", "green_version": "1.0.0", "source": "services/shop", "paths": ["/*"]},
        "report": {
            "blue_version": "1.0.0",
            "green_version": "1.0.0",
            "source": "services/report",
            "paths": ["/reports/*"],
            "priority": 98,
            "blue_port": 3010,
            "green_port": 3011,
        },
    }
)


@pytest.fixture
def host(synthesize: Synthesize) -> Template:
    return synthesize()[STACK]


def _color(template: Template, color: str) -> tuple[str, dict[str, Any]]:
    """Return the logical id and the properties of one color of the shop."""
    (found,) = (
        (name, each["Properties"])
        for name, each in custom(template, COLOR).items()
        if (each["Properties"]["Service"], each["Properties"]["Color"]) == ("shop", color)
    )
    return found


def test_a_new_version_of_green_changes_nothing_but_green_and_the_guard(synthesize: Synthesize) -> None:
    before, after = synthesize()[STACK], synthesize(green_version="2.0.0")[STACK]

    kinds = {before["Resources"][name]["Type"]: name for name in changed(before, after)}

    assert set(kinds) == {GUARD, "AWS::SSM::Parameter", COLOR}
    assert before["Resources"][kinds["AWS::SSM::Parameter"]]["Properties"]["Name"] == "/greenlight/shop/green"
    assert kinds[COLOR] == _color(before, "green")[0]


def test_neither_a_version_nor_a_service_nor_a_tag_replaces_the_host(synthesize: Synthesize) -> None:
    plain = synthesize()[STACK]
    others = (
        synthesize(blue_version="7.7.7", green_version="8.8.8")[STACK],
        synthesize(services=TWO_SERVICES)[STACK],
        synthesize(tags='{"team": "web"}')[STACK],
    )

    for other in others:
        assert only(other, "EC2::LaunchTemplate") == only(plain, "EC2::LaunchTemplate")
        kept = ("LaunchTemplate", "NetworkInterfaces")
        assert {key: only(other, "EC2::Instance")[key] for key in kept} == {
            key: only(plain, "EC2::Instance")[key] for key in kept
        }


def test_the_image_of_the_host_is_looked_up_when_it_is_launched_and_not_at_each_deploy(host: Template) -> None:
    assert _launch_data(host)["ImageId"] == (
        "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    )
    assert "Parameters" not in host or not [
        each for each in host["Parameters"].values() if "EC2::Image" in each["Type"]
    ]


def test_an_image_of_the_host_can_be_pinned(synthesize: Synthesize) -> None:
    pinned = synthesize(ami_id="ami-0123456789abcdef0")[STACK]

    assert _launch_data(pinned)["ImageId"] == "ami-0123456789abcdef0"


def test_credentials_of_the_host_are_given_out_to_tokens_only_and_one_hop_far(host: Template) -> None:
    assert _launch_data(host)["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
    }


def test_the_disk_of_the_host_is_encrypted(host: Template) -> None:
    (disk,) = _launch_data(host)["BlockDeviceMappings"]

    assert disk["Ebs"]["Encrypted"] is True
    assert disk["Ebs"]["VolumeType"] == "gp3"


def test_nobody_can_sign_in_by_ssh(synthesize: Synthesize) -> None:
    for template in synthesize().values():
        assert "KeyName" not in text(template)
        assert '"FromPort": 22' not in text(template)


def test_the_guard_stands_before_everything_that_a_host_would_read_or_run(host: Template) -> None:
    (guard,) = custom(host, GUARD)
    declared = set(resources(host, "SSM::Parameter"))

    for name in {*custom(host, COLOR), *declared}:
        assert guard in needs(host, name)


def test_the_host_can_do_all_it_needs_at_its_first_boot(host: Template) -> None:
    (instance,) = resources(host, "EC2::Instance")
    wanted = set(resources(host, "SSM::Parameter")) | {
        name for name in resources(host, "IAM::Policy") if name.startswith("HostRole")
    }

    assert wanted <= needs(host, instance)


def test_when_the_host_is_replaced_the_colors_move_one_after_the_other(host: Template) -> None:
    blue, green = _color(host, "blue")[0], _color(host, "green")[0]

    assert blue in needs(host, green)
    assert green not in needs(host, blue)


def test_each_color_has_its_own_port_and_target_group_on_the_same_host(host: Template) -> None:
    blue, green = _color(host, "blue")[1], _color(host, "green")[1]

    assert (blue["Port"], green["Port"]) == (3000, 3001)
    assert blue["TargetGroupArn"] != green["TargetGroupArn"]
    assert blue["InstanceId"] == green["InstanceId"]


def test_the_host_may_pull_log_keep_carts_and_take_commands_and_nothing_else(host: Template) -> None:
    allowed = statements(host, "HostRole")

    assert set(allowed) == {
        *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        "ecr:GetAuthorizationToken",
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        *("ssm:GetParameter", "ssm:UpdateInstanceInformation"),
        *(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")),
        *(f"ec2messages:{verb}Message" for verb in ("Acknowledge", "Delete", "Fail")),
        *("ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"),
    }
    assert "*" not in json.dumps(allowed["ssm:GetParameter"])


def test_commands_go_to_the_one_host_and_through_the_one_document(host: Template) -> None:
    targets = statements(host, "ColorsFunctionRole")["ssm:SendCommand"]

    assert len(targets) == 2
    assert '":instance/", {"Ref": "HostInstance' in json.dumps(targets)
    assert '":document/", {"Ref": "HostRunColor' in json.dumps(targets)


@pytest.mark.parametrize(
    ("flags", "folder"),
    [
        ({}, "greenlight/"),
        ({"stages": OWN, "stage": "staging"}, "greenlight-staging/"),
        ({"stages": SHARED, "stage": "staging"}, "greenlight/"),
    ],
    ids=["production", "own", "shared"],
)
def test_a_command_can_name_images_of_this_accounts_registry_only(
    synthesize: Synthesize, flags: dict[str, str], folder: str
) -> None:
    (stack,) = (each for name, each in synthesize(**flags).items() if name.endswith("Ec2Host"))
    pattern = only(stack, "SSM::Document")["Content"]["parameters"]["image"]["allowedPattern"]["Fn::Join"][1]

    assert pattern[:4] == ["^", {"Ref": "AWS::AccountId"}, r"\.dkr\.ecr\.", {"Ref": "AWS::Region"}]
    assert pattern[4].startswith(rf"\.amazonaws\.com(\.cn)?/{folder}[a-z0-9-]+:")


@pytest.mark.parametrize("role", ["ColorsFunctionRole", "VersionGuardFunctionRole"])
def test_a_function_writes_to_named_resources_only(host: Template, role: str) -> None:
    everywhere = {action for action, resource in statements(host, role).items() if resource == "*"}

    assert everywhere <= READ_ONLY_EVERYWHERE


def test_no_role_has_a_policy_of_aws(host: Template) -> None:
    assert not [each for each in resources(host, "IAM::Role").values() if "ManagedPolicyArns" in each["Properties"]]


def test_the_run_script_knows_the_ports_and_limits_of_every_service(synthesize: Synthesize) -> None:
    template = synthesize(services=TWO_SERVICES)[STACK]
    (step,) = only(template, "SSM::Document")["Content"]["mainSteps"]
    lines = [line for line in step["inputs"]["runCommand"] if isinstance(line, str)]

    assert "services='shop 3000 3001 0.25 512\nreport 3010 3011 0.25 512'" in "\n".join(lines)


def test_what_the_host_runs_stands_in_its_document_and_parameters_hold_images_alone(host: Template) -> None:
    names = [each["Properties"]["Name"] for each in resources(host, "SSM::Parameter").values()]

    assert sorted(names) == ["/greenlight/shop/blue", "/greenlight/shop/green"]
    assert "get-parameter" not in json.dumps(_launch_data(host)["UserData"])


def _launch_data(template: Template) -> dict[str, Any]:
    data: dict[str, Any] = only(template, "EC2::LaunchTemplate")["LaunchTemplateData"]
    return data
