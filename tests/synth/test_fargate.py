from __future__ import annotations

import json
from typing import Any

import pytest

from tests.synth.compute import READ_ONLY_EVERYWHERE, changed, custom, needs, statements
from tests.synth.conftest import Synthesize
from tests.synth.service_tables import OWN_SECRETS, OWN_TABLES, SECRET_EXPORT, assert_items_alone
from tests.synth.templates import Template, properties, resources, text

STACK = "GreenlightFargate"
TABLES = ("CART_TABLE", "SESSION_TABLE", "ACCOUNT_TABLE", "ORDER_TABLE", "STOCK_TABLE")
GUARD = "Custom::GreenlightVersionGuard"


@pytest.fixture
def fargate(synthesize: Synthesize) -> Template:
    return synthesize(compute="fargate")[STACK]


def test_each_color_is_a_service_in_its_own_target_group(fargate: Template) -> None:
    groups = [each["LoadBalancers"] for each in properties(fargate, "ECS::Service")]

    assert len(groups) == 2
    assert groups[0] != groups[1]
    for (group,) in groups:
        assert (group["ContainerName"], group["ContainerPort"]) == ("app", 3000)


def test_a_new_version_of_green_changes_nothing_but_green_and_the_guard(synthesize: Synthesize) -> None:
    before = synthesize(compute="fargate")[STACK]
    after = synthesize(compute="fargate", green_version="2.0.0")[STACK]

    names = changed(before, after)

    assert {before["Resources"][name]["Type"] for name in names} == {GUARD, "AWS::ECS::TaskDefinition"}
    assert not [name for name in names if "Blue" in name]


@pytest.mark.parametrize("color", ["Blue", "Green"])
def test_each_color_runs_the_digest_that_the_guard_answers_for_it(fargate: Template, color: str) -> None:
    (guard,) = custom(fargate, GUARD)
    (task,) = (each for name, each in resources(fargate, "ECS::TaskDefinition").items() if color in name)
    (container,) = task["Properties"]["ContainerDefinitions"]

    assert container["Image"]["Fn::Join"][1][-1] == {"Fn::GetAtt": [guard, f"{color}Image"]}
    assert "VersionConsistency" not in container


def test_the_guard_stands_before_every_service(fargate: Template) -> None:
    (guard,) = custom(fargate, GUARD)

    for name in resources(fargate, "ECS::Service"):
        assert guard in needs(fargate, name)


def test_a_service_starts_only_when_its_roles_can_do_their_work(fargate: Template) -> None:
    policies = set(resources(fargate, "IAM::Policy"))

    for name in resources(fargate, "ECS::Service"):
        color = name.removeprefix("Shop").partition("Service")[0]
        assert {each for each in policies if color in each} <= needs(fargate, name)


def test_a_deployment_that_fails_is_taken_back_and_never_goes_below_what_runs(fargate: Template) -> None:
    for service in properties(fargate, "ECS::Service"):
        assert service["DeploymentConfiguration"] == {
            "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
            "MaximumPercent": 200,
            "MinimumHealthyPercent": 100,
        }


def test_containers_get_the_environment_that_the_host_gives_them_too(fargate: Template) -> None:
    for container, color in zip(_containers(fargate), ("blue", "green"), strict=True):
        environment = {each["Name"]: each["Value"] for each in container["Environment"]}

        assert set(environment) == {"ENVIRONMENT", "VERSION", "PORT", "AWS_REGION", "DRAIN_SECONDS", *TABLES}
        assert (environment["ENVIRONMENT"], environment["PORT"]) == (color, "3000")


def test_containers_cannot_write_to_their_own_code(fargate: Template) -> None:
    for container in _containers(fargate):
        assert container["ReadonlyRootFilesystem"] is True
        assert "MountPoints" not in container


def test_containers_have_no_capabilities_as_on_the_host(synthesize: Synthesize) -> None:
    fargate, host = synthesize(compute="fargate")[STACK], synthesize()["GreenlightEc2Host"]

    for container in _containers(fargate):
        assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert "--cap-drop ALL" in text(host)


def test_everybody_in_a_container_can_write_temporary_files_as_on_the_host(synthesize: Synthesize) -> None:
    """A volume of a task is a folder that root owns (ECS developer guide, bind mounts)."""
    fargate, host = synthesize(compute="fargate")[STACK], synthesize()["GreenlightEc2Host"]

    for container in _containers(fargate):
        (tmpfs,) = container["LinuxParameters"]["Tmpfs"]
        assert tmpfs == {"ContainerPath": "/tmp", "Size": 64, "MountOptions": ["rw", "nosuid", "nodev", "noexec"]}
    assert not any("Volumes" in each for each in properties(fargate, "ECS::TaskDefinition"))
    assert "tmpfs=/tmp:rw,nosuid,nodev,noexec,size=64m" in text(host)


@pytest.mark.parametrize(("nat_gateways", "address"), [("0", "ENABLED"), ("1", "DISABLED")])
def test_tasks_have_a_public_address_only_where_nothing_else_leads_out(
    synthesize: Synthesize, nat_gateways: str, address: str
) -> None:
    template = synthesize(compute="fargate", nat_gateways=nat_gateways)[STACK]

    for service in properties(template, "ECS::Service"):
        assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == address


def test_the_application_may_touch_single_items_and_nothing_else(fargate: Template) -> None:
    assert_items_alone(fargate, "ShopBlueTaskRole", {"Carts", "Sessions", "Accounts", "Orders", "Stock"}, {"Orders"})


def test_no_service_reaches_the_tables_of_another(synthesize: Synthesize) -> None:
    template = synthesize(compute="fargate", services=OWN_TABLES)[STACK]

    for color in ("Blue", "Green"):
        assert_items_alone(template, f"Shop{color}TaskRole", {"Carts", "Orders"}, {"Orders"})
        assert_items_alone(template, f"Report{color}TaskRole", {"Facts"}, set())


def test_a_container_is_told_its_secret_by_ecs_and_no_template_has_it(synthesize: Synthesize) -> None:
    templates = synthesize(compute="fargate")

    for container in _containers(templates[STACK]):
        (secret,) = container["Secrets"]
        assert secret == {"Name": "SESSION_SECRETS", "ValueFrom": {"Fn::ImportValue": SECRET_EXPORT}}
    assert "SecretString" not in text(templates["GreenlightData"]).replace("GenerateSecretString", "")


def test_no_service_reads_the_secret_of_another(synthesize: Synthesize) -> None:
    template = synthesize(compute="fargate", services=OWN_SECRETS)[STACK]

    for color in ("Blue", "Green"):
        read = statements(template, f"Shop{color}ExecutionRole")["secretsmanager:GetSecretValue"]
        assert read == {"Fn::ImportValue": SECRET_EXPORT}
        assert "secretsmanager:GetSecretValue" not in statements(template, f"Report{color}ExecutionRole")
        assert not [action for action in statements(template, f"Shop{color}TaskRole") if "secrets" in action]


def test_starting_a_task_takes_a_pull_a_log_the_secret_and_nothing_else(fargate: Template) -> None:
    allowed = statements(fargate, "ShopGreenExecutionRole")

    assert {action.split(":")[0] for action in allowed} == {"ecr", "logs", "secretsmanager"}
    assert {action for action, resource in allowed.items() if resource == "*"} <= READ_ONLY_EVERYWHERE


def test_security_groups_are_left_to_the_network(fargate: Template) -> None:
    assert not [each for each in fargate["Resources"].values() if "SecurityGroup" in each["Type"]]


def test_templates_hold_no_weight(fargate: Template) -> None:
    assert "Weight" not in json.dumps(fargate)


def test_images_for_another_processor_change_the_tasks_alone(synthesize: Synthesize) -> None:
    before, after = synthesize(compute="fargate"), synthesize(compute="fargate", image_platform="linux/arm64")

    assert {name for name in before if before[name] != after[name]} == {STACK}
    names = changed(before[STACK], after[STACK])
    assert {after[STACK]["Resources"][name]["Type"] for name in names} == {"AWS::ECS::TaskDefinition"}
    assert [_processors(each[STACK]) for each in (before, after)] == [{"X86_64"}, {"ARM64"}]


def _processors(template: Template) -> set[str]:
    return {each["RuntimePlatform"]["CpuArchitecture"] for each in properties(template, "ECS::TaskDefinition")}


def _containers(template: Template) -> list[dict[str, Any]]:
    return [each["ContainerDefinitions"][0] for each in properties(template, "ECS::TaskDefinition")]
