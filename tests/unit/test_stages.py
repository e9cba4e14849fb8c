from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from traffic_switch.contract import Color

from stacks.settings import Settings, SettingsError

SHOP = {"source": "services/shop", "blue_version": "1.0.0", "green_version": "1.1.0", "memory_mib": 768}
STAGING: dict[str, Any] = {
    "vpc_cidr": "10.21.0.0/16",
    "bake_seconds": 60,
    "services": {"shop": {"blue_version": "2.0.0", "green_version": "2.1.0", "active_color": "green"}},
}
DECLARED: dict[str, Any] = {
    "vpc_cidr": "10.20.0.0/16",
    "bake_seconds": 420,
    "notify_email": "ops@example.com",
    "services": {"shop": {**SHOP, "active_color": "blue", "attempt": 7}},
}


def read(stage: str | None, staging: dict[str, Any] | None = None, /, **flags: Any) -> Settings:
    """Read a cdk.json with a stage `staging` as the app does, with flags as `-c` gives them."""
    declared = {**DECLARED, "stages": {"staging": STAGING if staging is None else staging}}
    chosen = {} if stage is None else {"stage": stage}
    return Settings.from_context({**declared, **chosen, **flags}, declared)


def refusal_of(stages: Any, **more: Any) -> str:
    declared = {**DECLARED, **more, "stages": stages}
    with pytest.raises(SettingsError) as refused:
        Settings.from_context(declared, declared)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def refusal(staging: dict[str, Any], **more: Any) -> str:
    return refusal_of({"staging": staging}, **more)


def test_a_cdk_json_without_stages_reads_as_before() -> None:
    assert Settings.from_context(DECLARED, DECLARED) == Settings.from_context(DECLARED)
    assert Settings.from_context(DECLARED).names.stack("Edge") == "GreenlightEdge"


def test_declared_stages_change_nothing_of_production() -> None:
    assert read(None) == Settings.from_context(DECLARED)


def test_a_stage_has_its_own_settings_and_productions_where_it_says_nothing() -> None:
    settings = read("staging")

    assert (settings.bake_seconds, settings.vpc_cidr) == (60, "10.21.0.0/16")
    assert settings.notify_email == "ops@example.com"


def test_a_stage_has_versions_and_colors_of_its_own_and_the_rest_of_a_service_from_production() -> None:
    (shop,) = read("staging").services

    assert (shop.blue_version, shop.green_version, shop.active_color) == ("2.0.0", "2.1.0", Color.GREEN)
    assert (shop.attempt, shop.memory_mib) == (1, 768)


def test_production_s_color_is_never_a_stage_s() -> None:
    (shop,) = read("staging", {**STAGING, "services": {"shop": {"blue_version": "2", "green_version": "3"}}}).services

    assert shop.active_color is None


def test_a_flag_beats_the_stage() -> None:
    settings = read("staging", bake_seconds="90", **{"shop.green_version": "3.0.0"})

    assert settings.bake_seconds == 90
    assert settings.services[0].green_version == "3.0.0"


def test_a_flag_for_production_leaves_the_stages_alone() -> None:
    assert read(None, vpc_cidr="10.30.0.0/16").vpc_cidr == "10.30.0.0/16"


def test_a_flag_for_a_stage_leaves_production_alone() -> None:
    assert read("staging", vpc_cidr="10.30.0.0/16").vpc_cidr == "10.30.0.0/16"


def test_a_stage_has_the_services_that_it_lists() -> None:
    report = {"blue_version": "1", "green_version": "1", "source": "services/report"}
    settings = read("staging", {**STAGING, "services": {"report": report}})

    assert [service.name for service in settings.services] == ["report"]


@pytest.mark.parametrize("stage", ["prod2", "Staging", ""])
def test_a_stage_that_is_not_declared_is_refused_with_those_that_are(stage: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(stage)

    line = "allowed: one that cdk.json declares under `stages`: staging; leave it out for production"
    assert str(refused.value) == f"stage: got {stage!r}; {line}"


def test_a_stage_is_refused_where_none_is_declared() -> None:
    with pytest.raises(SettingsError, match=r"stage: got 'staging'; allowed: none, since cdk.json declares no stage"):
        Settings.from_context({**DECLARED, "stage": "staging"}, DECLARED)


def test_cdk_json_itself_cannot_choose_a_stage() -> None:
    declared = {**DECLARED, "stage": "staging", "stages": {"staging": STAGING}}

    with pytest.raises(SettingsError, match=r"stage: got 'staging' in cdk.json; allowed: on the command line alone"):
        Settings.from_context(declared, declared)


@pytest.mark.parametrize("name", ["Staging", "staging_2", "pr-12", "-a", "a-", "", "é", "staging\n"])
def test_a_name_that_is_malformed_is_refused(name: str) -> None:
    line = refusal_of({name: STAGING})

    assert f"stages: got a stage {name!r}; allowed: lower case letters, digits and hyphens, with a letter first" in line


@pytest.mark.parametrize("name", ["production", "prod", "default", "all", "none", "null"])
def test_a_name_that_people_could_take_for_production_is_refused(name: str) -> None:
    assert f"stages: got a stage {name!r}; allowed: any name but production, prod" in refusal_of({name: STAGING})


def test_a_name_is_as_long_as_aws_allows_and_no_longer() -> None:
    longest = "s" * 80

    assert (
        Settings.from_context({**DECLARED, "stage": longest, "stages": {longest: STAGING}}, DECLARED).stage == longest
    )
    line = refusal_of({f"{longest}s": STAGING})
    assert "got 81 characters; allowed: up to 80, since a topic's display name (SNS, SetTopicAttributes)" in line


def test_two_names_that_differ_in_hyphens_alone_are_refused() -> None:
    line = refusal_of({"blue-green": STAGING, "bluegreen": {**STAGING, "vpc_cidr": "10.22.0.0/16"}})

    assert line.startswith("stages.bluegreen: got 'bluegreen' beside 'blue-green', whose stacks would have the same")


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            {"bake_second": 60},
            "unknown setting stages.staging.bake_second (60); did you mean stages.staging.bake_seconds?",
        ),
        ({"stage": "staging"}, "unknown setting stages.staging.stage"),
        ({"stages": {}}, "unknown setting stages.staging.stages"),
        ({"shop.green_version": "1"}, "unknown setting stages.staging.shop.green_version"),
        ({"bake_seconds": -1}, "stage staging: bake_seconds: got -1; allowed: 0 to"),
        ({"services": {"shop": {"blue_version": "1"}}}, "stage staging: services.shop.green_version: missing"),
        ({"services": {"shop": {"colour": "1"}}}, "stage staging: unknown setting services.shop.colour"),
        ({"services": {}}, "stage staging: services: got {}"),
        ({"services": ["shop"]}, "stage staging: services: got ['shop']"),
        ({"services": {"shop": "1.0.0"}}, "stage staging: services: got {'shop': '1.0.0'}"),
    ],
)
def test_what_is_wrong_below_a_stage_is_told_with_the_stage(own: dict[str, Any], said: str) -> None:
    assert said in refusal({**STAGING, **own})


def test_a_stage_without_services_is_refused() -> None:
    assert "stage staging: services: missing" in refusal({"vpc_cidr": "10.21.0.0/16"})


@pytest.mark.parametrize("stages", [["staging"], "staging", {"staging": None}, {"staging": "10.21.0.0/16"}])
def test_stages_that_are_no_object_of_objects_are_refused(stages: Any) -> None:
    assert "allowed: a JSON object of stages by name, each with its own settings" in refusal_of(stages)


def test_a_broken_stage_is_told_whichever_is_deployed() -> None:
    with pytest.raises(SettingsError, match="stage staging: bake_seconds"):
        read(None, {**STAGING, "bake_seconds": "soon"})


@pytest.mark.parametrize("cidr", ["10.20.0.0/16", "10.20.4.0/22"])
def test_two_stages_on_one_network_are_refused(cidr: str) -> None:
    line = f"stages.staging.vpc_cidr: got {cidr}, which overlaps production's 10.20.0.0/16; allowed: a network that"

    assert line in refusal({**STAGING, "vpc_cidr": cidr})


def test_a_stage_that_names_no_network_is_refused_since_it_would_be_productions() -> None:
    own = {key: value for key, value in STAGING.items() if key != "vpc_cidr"}

    assert "stages.staging.vpc_cidr: got 10.20.0.0/16, which overlaps production's" in refusal(own)


def test_two_stages_of_which_neither_is_production_cannot_share_a_network_either() -> None:
    line = refusal_of({"staging": STAGING, "demo": STAGING})

    assert "stages.demo.vpc_cidr: got 10.21.0.0/16, which overlaps staging's 10.21.0.0/16" in line


def test_two_stages_behind_one_name_are_refused() -> None:
    tls = {"domain_name": "shop.example.com", "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/a"}

    assert "stages.staging.domain_name: got shop.example.com, as production has" in refusal(STAGING, **tls)
    plain = {**STAGING, "domain_name": None, "certificate_arn": None}
    declared = {**DECLARED, **tls, "stages": {"staging": plain}}
    assert Settings.from_context({**declared, "stage": "staging"}, declared).domain_name is None


def test_two_stages_behind_one_name_are_refused_without_a_certificate_too() -> None:
    line = refusal(STAGING, domain_name="shop.example.com")

    assert "stages.staging.domain_name: got shop.example.com, as production has" in line


def test_production_has_no_repositories_to_share() -> None:
    line = refusal(STAGING, repositories="shared")

    assert line == "repositories: got 'shared'; allowed: own; only a stage below `stages` can share production's"


def test_a_shared_repository_has_to_be_one_of_productions() -> None:
    report = {"blue_version": "1", "green_version": "1", "source": "services/report"}
    own = {**STAGING, "repositories": "shared", "services": {"report": report}}

    assert "stages.staging.repositories: got 'shared' with a service report, of which production has" in refusal(own)


def test_a_stage_leaves_no_parts_in_repositories_whose_policy_keeps_them() -> None:
    own = {**STAGING, "repositories": "shared", "build_platforms": ["linux/amd64", "linux/arm64"]}
    line = "stages.staging.build_platforms: got linux/amd64, linux/arm64 with production's repositories; allowed:"

    assert refusal(own).startswith(line)
    declared = {**DECLARED, "stages": {"staging": {**own, "repositories": "own"}}}
    assert Settings.from_context(declared, declared)


def test_the_committed_cdk_json_takes_a_stage() -> None:
    context = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
    declared = {**context, "stages": {"staging": STAGING}}

    assert Settings.from_context({**declared, "stage": "staging"}, declared).stage == "staging"
