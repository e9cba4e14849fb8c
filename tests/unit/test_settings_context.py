from __future__ import annotations

import json
from typing import Any

import pytest
from traffic_switch.contract import Color

from stacks.settings import ServiceSettings, Settings, SettingsError

SHOP = {"blue_version": "1.0.0", "green_version": "1.1.0"}
REPORT = {**SHOP, "paths": ["/report/*"], "blue_port": 3002, "green_port": 3003, "priority": 98}
BOTH: dict[str, Any] = {"shop": SHOP, "report": REPORT}


def services(**flags: Any) -> tuple[ServiceSettings, ...]:
    return Settings.from_context({"services": BOTH, **flags}).services


def refusal(**flags: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        services(**flags)
    return str(refused.value)


def test_without_a_color_each_service_keeps_what_is_live() -> None:
    assert [service.active_color for service in services()] == [None, None]


def test_a_flag_without_a_name_means_the_first_service() -> None:
    shop, report = services(active_color="green", green_version="1.2.0", blue_version="0.9", attempt="2")

    assert (shop.active_color, shop.green_version, shop.blue_version, shop.attempt) == (Color.GREEN, "1.2.0", "0.9", 2)
    assert (report.active_color, report.green_version, report.attempt) == (None, "1.1.0", 1)


def test_a_flag_with_a_name_means_that_service() -> None:
    shop, report = services(**{"report.active_color": "green", "report.memory_mib": "1024"})

    assert (shop.active_color, report.active_color) == (None, Color.GREEN)
    assert (shop.memory_mib, report.memory_mib) == (512, 1024)


def test_a_flag_beats_what_cdk_json_declares() -> None:
    declared = {"shop": {**SHOP, "active_color": "blue"}}

    assert (
        Settings.from_context({"services": declared, "active_color": "green"}).services[0].active_color is Color.GREEN
    )


def test_services_can_come_from_the_command_line_too() -> None:
    assert [service.name for service in Settings.from_context({"services": json.dumps(BOTH)}).services] == [
        "shop",
        "report",
    ]


def test_a_flag_that_says_a_key_twice_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"'shop' is there twice in one object; allowed: once"):
        Settings.from_context({"services": '{"shop": {}, "shop": {}}'})


def test_two_flags_that_contradict_each_other_are_refused() -> None:
    line = refusal(**{"active_color": "blue", "shop.active_color": "green"})

    assert line == "shop.active_color: got 'green', but active_color says 'blue'; allowed: one of the two"


def test_two_flags_that_agree_are_one() -> None:
    assert services(**{"active_color": "green", "shop.active_color": "green"})[0].active_color is Color.GREEN


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("active_colour", "active_color"),
        ("activecolor", "active_color"),
        ("bake_second", "bake_seconds"),
        ("green_port", "shop.green_port"),
        ("shop.active_colour", "shop.active_color"),
        ("reprot.active_color", "report.active_color"),
        ("service", "services"),
    ],
)
def test_a_key_that_nobody_knows_is_refused_with_the_nearest_one(key: str, nearest: str) -> None:
    assert refusal(**{key: "green"}) == f"unknown setting {key} ('green'); did you mean {nearest}?"


def test_a_key_like_no_other_is_refused_with_all_there_are() -> None:
    line = refusal(zzz="1")

    assert line.startswith("unknown setting zzz ('1'); allowed: access, access_approvers,")
    assert "\n" not in line


def test_a_key_that_would_break_the_line_is_shown_as_code() -> None:
    assert refusal(**{"waf\n": "1"}) == r"unknown setting 'waf\n' ('1'); did you mean waf?"


def test_a_field_of_a_service_that_nobody_knows_is_refused_with_the_nearest_one() -> None:
    described = {"shop": {**SHOP, "green_verison": "2"}}

    with pytest.raises(SettingsError) as refused:
        Settings.from_context({"services": described})

    line = "unknown setting services.shop.green_verison ('2'); did you mean services.shop.green_version?"
    assert str(refused.value) == line


@pytest.mark.parametrize(
    "key",
    [
        "@aws-cdk/core:checkSecretUsage",
        "@aws-cdk-containers/ecs-service-extensions:enableDefaultLogDriver",
        "aws:cdk:enable-path-metadata",
        "availability-zones:account=123456789012:region=us-east-1",
        "ssm:account=123456789012:parameterName=/x:region=us-east-1",
        "cli-telemetry",
        "acknowledged-issue-numbers",
    ],
)
def test_the_cdk_s_own_keys_are_none_of_our_business(key: str) -> None:
    assert services(**{key: "whatever"}) == services()


def test_without_services_the_line_says_what_is_missing() -> None:
    with pytest.raises(SettingsError, match=r"services: missing; allowed: a JSON object of services by name"):
        Settings.from_context({})
