"""The settings of the registry: what is refused, and with which words."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.settings import Settings, SettingsError

SERVICES = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/hub-a1b2c3"
STAGING = {"vpc_cidr": "10.21.0.0/16", "services": SERVICES}


def read(**flags: Any) -> Settings:
    return Settings.from_context({"services": SERVICES, **flags})


def refusal(declared: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.from_context(declared, declared)
    return str(refused.value)


def test_nothing_is_governed_unless_something_is_asked_for() -> None:
    assert not read().governs_registry
    assert not read(image_lifecycle="kind", pull_accounts="123456789012").governs_registry


@pytest.mark.parametrize(
    "flags",
    [
        {"registry_scanning": "basic"},
        {"signing_profile": "greenlight_images"},
        {"replication_regions": "eu-central-1"},
        {"pull_through_cache": "quay"},
    ],
    ids=str,
)
def test_each_of_them_makes_the_stack(flags: dict[str, str]) -> None:
    assert read(**flags).makes_governance


def test_lists_are_read_from_text() -> None:
    settings = read(replication_regions="eu-central-1,us-east-2", pull_through_cache='["quay", "k8s"]')

    assert settings.replication_regions == ("eu-central-1", "us-east-2")
    assert settings.pull_through_cache == ("quay", "k8s")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"registry_scanning": "full"}, "registry_scanning: got 'full'; allowed: off, basic or enhanced"),
        ({"registry_scan_filters": "Shop"}, "registry_scan_filters: got 'Shop'; allowed: 1 to 100 names"),
        ({"signing_profile": "my-images"}, "signing_profile: got 'my-images'; allowed: the name of a profile"),
        ({"replication_regions": "europe"}, "replication_regions: got 'europe'; allowed: up to 25 other regions"),
        ({"replication_regions": "eu-west-1,eu-west-1"}, "replication_regions: got 'eu-west-1,eu-west-1'; allowed:"),
        ({"pull_through_cache": "ghcr"}, "pull_through_cache: got 'ghcr'; allowed: some of docker-hub, ecr-public"),
        ({"pull_through_cache": "docker-hub"}, "docker_hub_secret_arn: got nothing with pull_through_cache docker-hub"),
        ({"docker_hub_secret_arn": SECRET}, f"docker_hub_secret_arn: got {SECRET} with pull_through_cache empty"),
        (
            {"pull_through_cache": "docker-hub", "docker_hub_secret_arn": SECRET.replace("ecr-pullthroughcache/", "")},
            "docker_hub_secret_arn: got 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-a1b2c3'; allowed:",
        ),
        ({"image_lifecycle": "forever"}, "image_lifecycle: got 'forever'; allowed: recent or kind"),
        ({"pull_accounts": "12345"}, "pull_accounts: got '12345'; allowed: up to 50 account numbers"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_ecr_would_refuse_is_refused(given: dict[str, Any], said: str) -> None:
    assert said in refusal({"services": SERVICES, **given})


def test_production_makes_the_stack_for_every_stage() -> None:
    declared = {"services": SERVICES, "registry_scanning": "enhanced", "stages": {"staging": STAGING}}

    assert not Settings.from_context({**declared, "stage": "staging"}, declared).makes_governance
    assert Settings.from_context(declared, declared).makes_governance


def test_a_stage_cannot_tell_the_registry_something_else() -> None:
    staging = {**STAGING, "registry_scanning": "basic"}
    said = refusal({"services": SERVICES, "registry_scanning": "enhanced", "stages": {"staging": staging}})

    assert said == (
        "stages.staging.registry_scanning: got 'basic'; allowed: nothing, since an account has one registry in a"
        " region; set registry_scanning beside `stages`, for all of them"
    )
