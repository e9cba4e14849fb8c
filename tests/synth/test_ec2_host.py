from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.synth.compute import READ_ONLY_EVERYWHERE, changed, custom, needs, statements
from tests.synth.conftest import Synthesize
from tests.synth.service_tables import OWN_SECRETS, OWN_TABLES, SECRET_EXPORT, assert_items_alone
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


def test_a_new_version_of_green_changes_the_guard_whose_answer_the_colors_run(synthesize: Synthesize) -> None:
    before, after = synthesize()[STACK], synthesize(green_version="2.0.0")[STACK]

    (name,) = changed(before, after)

    assert before["Resources"][name]["Type"] == GUARD


@pytest.mark.parametrize("color", ["blue", "green"])
def test_each_color_runs_the_digest_that_the_guard_answers_for_it(host: Template, color: str) -> None:
    (guard,) = custom(host, GUARD)
    (declared,) = (
        each["Properties"]["Value"]
        for each in resources(host, "SSM::Parameter").values()
        if each["Properties"]["Name"] == f"/greenlight/shop/{color}"
    )

    assert _color(host, color)[1]["Image"] == declared
    assert declared["Fn::Join"][1][-1] == {"Fn::GetAtt": [guard, f"{color.capitalize()}NamedImage"]}


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


def test_a_renewal_replaces_the_host_and_touches_nothing_else(synthesize: Synthesize) -> None:
    before, after = (synthesize(**flags)[STACK] for flags in ({}, {"host_renewed_at": "2026-11-22T10:55Z"}))

    assert {before["Resources"][name]["Type"] for name in changed(before, after)} == {"AWS::EC2::LaunchTemplate"}
    assert after["Outputs"]["HostRenewedAt"]["Value"] == "2026-11-22T10:55Z"
    version = only(after, "EC2::Instance")["LaunchTemplate"]["Version"]["Fn::GetAtt"]
    assert version == [next(iter(resources(after, "EC2::LaunchTemplate"))), "LatestVersionNumber"]


def test_an_image_of_the_host_can_be_pinned(synthesize: Synthesize) -> None:
    pinned = synthesize(ami_id="ami-0123456789abcdef0")[STACK]

    assert _launch_data(pinned)["ImageId"] == "ami-0123456789abcdef0"


def test_credentials_of_the_host_are_for_the_host_alone(host: Template) -> None:
    assert _launch_data(host)["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 1,
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
        name for name in resources(host, "IAM::Policy") if name.startswith(("HostOwnRole", "HostColorRoles"))
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


def test_the_host_may_pull_log_take_commands_its_secrets_and_its_colors_roles_and_nothing_else(host: Template) -> None:
    allowed = statements(host, "HostOwnRole")

    assert set(allowed) == {
        *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        "ecr:GetAuthorizationToken",
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        "sts:AssumeRole",
        "secretsmanager:GetSecretValue",
        *("ssm:GetParameter", "ssm:UpdateInstanceInformation"),
        *(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")),
        *(f"ec2messages:{verb}Message" for verb in ("Acknowledge", "Delete", "Fail")),
        *("ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"),
    }
    assert "*" not in json.dumps(allowed["ssm:GetParameter"])


def test_each_color_has_a_role_that_may_work_on_single_items_of_its_service_and_nothing_else(
    synthesize: Synthesize,
) -> None:
    template = synthesize(services=OWN_TABLES)[STACK]

    for color in ("Blue", "Green"):
        assert_items_alone(template, f"HostColorRolesShop{color}", {"Carts", "Orders"}, {"Orders"})
        assert_items_alone(template, f"HostColorRolesReport{color}", {"Facts"}, set())


def test_the_host_reads_the_secrets_of_its_services_and_no_color_does(synthesize: Synthesize) -> None:
    template = synthesize(services=OWN_SECRETS)[STACK]

    assert statements(template, "HostOwnRole")["secretsmanager:GetSecretValue"] == {"Fn::ImportValue": SECRET_EXPORT}
    assert not [action for action in statements(template, "HostColorRolesShopBlue") if "secrets" in action]


def test_each_service_is_told_of_its_own_tables(synthesize: Synthesize) -> None:
    (step,) = only(synthesize(services=OWN_TABLES)[STACK], "SSM::Document")["Content"]["mainSteps"]
    script = json.dumps(step["inputs"]["runCommand"])

    assert re.findall(r"(\w+) (\w+_TABLE)=", script) == [
        ("shop", "CART_TABLE"),
        ("shop", "ORDER_TABLE"),
        ("report", "FACT_TABLE"),
    ]


def test_the_host_alone_may_take_the_roles_of_its_colors_and_no_other(host: Template) -> None:
    roles = {name: each for name, each in resources(host, "IAM::Role").items() if name.startswith("HostColorRoles")}
    (own,) = (name for name in resources(host, "IAM::Role") if name.startswith("HostOwnRole"))

    assert len(roles) == 2
    for role in roles.values():
        (trusted,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Principal"] == {"AWS": {"Fn::GetAtt": [own, "Arn"]}}
    taken = statements(host, "HostOwnRole")["sts:AssumeRole"]
    assert sorted(each["Fn::GetAtt"][0] for each in taken) == sorted(roles)


def test_the_script_knows_the_role_of_every_color(host: Template) -> None:
    (step,) = only(host, "SSM::Document")["Content"]["mainSteps"]
    script = json.dumps(step["inputs"]["runCommand"])

    for color in ("blue", "green"):
        assert re.search(rf'shop-{color} ", {{"Fn::GetAtt": \["HostColorRolesShop{color.capitalize()}', script)


def test_the_role_that_hosts_had_is_left_to_the_host_that_has_it(host: Template) -> None:
    """A role that changed would take the carts from containers that have not moved to the new host yet."""
    assert not [name for name in host["Resources"] if name.startswith("HostRole")]


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

    services = "services='shop 3000 3001 0.25 512 1000:1000\nreport 3010 3011 0.25 512 1000:1000'"
    assert services in "\n".join(lines)


def test_what_the_host_runs_stands_in_its_document_and_parameters_hold_images_alone(host: Template) -> None:
    names = [each["Properties"]["Name"] for each in resources(host, "SSM::Parameter").values()]

    assert sorted(names) == ["/greenlight/shop/blue", "/greenlight/shop/green"]
    assert "get-parameter" not in json.dumps(_launch_data(host)["UserData"])


def _launch_data(template: Template) -> dict[str, Any]:
    data: dict[str, Any] = only(template, "EC2::LaunchTemplate")["LaunchTemplateData"]
    return data


def test_images_for_another_processor_replace_the_host_and_touch_nothing_else(synthesize: Synthesize) -> None:
    arm = {"image_platform": "linux/arm64", "instance_type": "t4g.medium"}
    before, after = synthesize(), synthesize(**arm)

    assert {name for name in before if before[name] != after[name]} == {STACK}
    (name,) = changed(before[STACK], after[STACK])
    assert after[STACK]["Resources"][name]["Type"] == "AWS::EC2::LaunchTemplate"
    assert _launch_data(after[STACK])["ImageId"].endswith("al2023-ami-kernel-default-arm64")
