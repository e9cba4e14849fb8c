from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from greenlight_cdk.switch_duties import REPAIR_SECONDS, SHIFT_SECONDS, Places, duties
from traffic_switch.contract import Color

from greenlight.rehearsal.balancer.matching import pattern
from stacks.settings import ServiceSettings, Settings, SettingsError
from tests.pipeline_settings import PIPELINE
from tests.two_services import shop_and_report

CDK_JSON = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())
SHOP = {"blue_version": "1.0.0", "green_version": "1.1.0"}
REPORT = {
    "blue_version": "2.0.0",
    "green_version": "2.1.0",
    "paths": ["/report/*"],
    "blue_port": 3002,
    "green_port": 3003,
    "priority": 98,
}
BOTH: dict[str, Any] = {"shop": SHOP, "report": REPORT}


def settings(**context: Any) -> Settings:
    return Settings.from_context({"services": {"shop": SHOP}, **context})


def refusal(**context: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        settings(**context)
    line = str(refused.value)
    assert "\n" not in line
    return line


def test_cdk_json_is_accepted_as_it_is() -> None:
    assert [service.name for service in Settings.from_context(CDK_JSON["context"]).services] == ["shop"]


def test_the_report_is_accepted_beside_the_shop_as_its_readme_describes_it() -> None:
    both = {**CDK_JSON["context"], **shop_and_report()}

    shop, report = Settings.from_context(both).services
    assert (shop.name, report.name, report.port(Color.BLUE), report.port(Color.GREEN)) == ("shop", "report", 5000, 5001)
    assert report.priority < shop.priority
    assert re.fullmatch(pattern(report.paths), report.health_path)
    assert re.fullmatch(pattern(report.paths), report.probe_path)


def test_what_cdk_json_says_is_what_holds_without_it() -> None:
    ours = {
        key: value for key, value in CDK_JSON["context"].items() if key in Settings.model_fields and key != "services"
    }

    assert ours == {key: Settings.model_fields[key].get_default(call_default_factory=True) for key in ours}


def test_the_thresholds_that_nobody_set_are_those_of_the_documentation() -> None:
    found = settings()

    assert (found.max_error_percent, found.max_p95_ms, found.max_unhealthy_percent) == (1.0, 500, 10.0)
    assert (found.health_interval_seconds, found.health_timeout_seconds) == (30, 5)
    assert (found.healthy_count, found.unhealthy_count, found.deregistration_delay_seconds) == (2, 3, 30)


def test_a_write_settles_within_twenty_seconds_and_drift_is_looked_for_every_five_minutes() -> None:
    found = settings()

    assert (found.write_settle_seconds, found.drift_look_minutes) == (20, 5)


@pytest.mark.parametrize("name", ["Pay", "Rollback", "Remove", "Repair", "Settle"])
def test_every_function_that_writes_the_rule_outlasts_the_longest_write_that_the_settings_allow(name: str) -> None:
    longest = settings(write_settle_seconds=60).write_seconds
    (timeout,) = (duty.timeout_seconds for duty in duties(Places("", "", "", "", "", "")) if duty.name == name)

    assert timeout >= longest + 60


def test_the_longest_confirmation_still_fits_the_shift() -> None:
    assert settings(confirm_deadline_seconds=580).confirm_deadline_seconds == 580


@pytest.mark.parametrize("settle_seconds", [2, 20, 60])
def test_the_longest_confirmation_fits_a_repair_that_moves_the_rule(settle_seconds: int) -> None:
    confirm = min(600, SHIFT_SECONDS - 60 - 4 * settle_seconds)
    found = settings(write_settle_seconds=settle_seconds, confirm_deadline_seconds=confirm)

    looks_at_what_is_left = 3 * found.write_settle_seconds
    assert found.write_seconds + confirm + looks_at_what_is_left + 60 <= REPAIR_SECONDS


def test_a_service_s_source_is_its_folder_unless_said_otherwise() -> None:
    assert settings().services[0].source == "services/shop"


@pytest.mark.parametrize("source", ["..", "../x", "a/..", "a/../..", "services/../../x", "/etc", "./a", "", "a\n"])
def test_a_source_that_could_lead_out_of_the_repository_is_refused(source: str) -> None:
    allowed = "a folder below the repository's root, without '..', e.g. services/shop"

    line = refusal(services={"shop": {**SHOP, "source": source}})

    assert line == f"services.shop.source: got {source!r}; allowed: {allowed}"


@pytest.mark.parametrize("source", ["shop", "services/shop", "a..b/..c", "a/...", "a/.b"])
def test_a_source_may_have_dots_in_its_names(source: str) -> None:
    assert settings(services={"shop": {**SHOP, "source": source}}).services[0].source == source


def test_a_color_s_version_and_port_are_found_by_its_name() -> None:
    (shop,) = settings().services

    assert (shop.version(Color.BLUE), shop.version(Color.GREEN)) == ("1.0.0", "1.1.0")
    assert (shop.port(Color.BLUE), shop.port(Color.GREEN)) == (3000, 3001)


def test_settings_never_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings().compute = "fargate"


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("nat_gateways", "1", 1),
        ("max_error_percent", "0.5", 0.5),
        ("waf", "false", False),
        ("waf", "true", True),
        ("alarm_names", "slow, full", ("slow", "full")),
        ("alarm_names", '["slow", "full"]', ("slow", "full")),
        ("tags", "team=shop,stage=test", {"team": "shop", "stage": "test"}),
        ("tags", '{"team": "shop"}', {"team": "shop"}),
        ("ssh_cidr", "203.0.113.7/32", "203.0.113.7/32"),
        ("ssh_cidr", "null", None),
        ("preview_cidrs", "203.0.113.0/24,198.51.100.7/32", ("203.0.113.0/24", "198.51.100.7/32")),
        ("preview_cidrs", "null", None),
        ("preview_rotation_days", "0", 0),
        ("compute", "fargate", "fargate"),
    ],
)
def test_the_command_line_s_strings_become_values(key: str, text: str, value: object) -> None:
    assert getattr(settings(**{key: text}), key) == value


def test_every_setting_says_what_it_is_for() -> None:
    settings = {**Settings.model_fields, **ServiceSettings.model_fields}

    assert not [name for name, field in settings.items() if not (field.description or "").endswith(".")]


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        (
            "active_color",
            "purple",
            "active_color: got 'purple'; allowed: blue or green; leave it out to keep what is live",
        ),
        (
            "one_way",
            "true",
            "one_way: got 'true'; allowed: the version that it is about, e.g. 2.0.0, so that it cannot be"
            " left on for the next one; never true or false. Leave it out for none",
        ),
        ("active_color", "", "active_color: got ''; allowed: blue or green; leave it out to keep what is live"),
        ("active_color", "Blue", "active_color: got 'Blue'; allowed: blue or green; leave it out to keep what is live"),
        ("compute", "lambda", "compute: got 'lambda'; allowed: ec2 or fargate"),
        ("image_platform", "arm64", "image_platform: got 'arm64'; allowed: linux/amd64 or linux/arm64"),
        (
            "build_platforms",
            "linux/amd64,linux/amd64",
            "build_platforms: got 'linux/amd64,linux/amd64'; allowed: linux/amd64 and linux/arm64, each once, as a JSON"
            " list or separated by commas; left out, image_platform alone",
        ),
        ("nat_gateways", "3", "nat_gateways: got '3'; allowed: an integer from 0 to 2"),
        ("nat_gateways", "many", "nat_gateways: got 'many'; allowed: an integer from 0 to 2"),
        ("nat_gateways", True, "nat_gateways: got True; allowed: an integer from 0 to 2"),
        ("waf", "maybe", "waf: got 'maybe'; allowed: true or false"),
        ("max_error_percent", "101", "max_error_percent: got '101'; allowed: a number from 0 to 50"),
        ("max_error_percent", "nan", "max_error_percent: got 'nan'; allowed: a number from 0 to 50"),
        ("bake_must_detect_percent", "0", "bake_must_detect_percent: got '0'; allowed: a number above 0 and up to 100"),
        ("max_unhealthy_percent", "-1", "max_unhealthy_percent: got '-1'; allowed: a number from 0 to 100"),
        ("service_timeout_seconds", "3601", "service_timeout_seconds: got '3601'; allowed: an integer from 60 to 3600"),
        ("write_settle_seconds", "1", "write_settle_seconds: got '1'; allowed: an integer from 2 to 60"),
        ("write_settle_seconds", "61", "write_settle_seconds: got '61'; allowed: an integer from 2 to 60"),
        ("drift_look_minutes", "0", "drift_look_minutes: got '0'; allowed: an integer from 1 to 1440"),
        ("drift_look_minutes", "0.5", "drift_look_minutes: got '0.5'; allowed: an integer from 1 to 1440"),
        ("drift_look_minutes", "1441", "drift_look_minutes: got '1441'; allowed: an integer from 1 to 1440"),
        ("attempt", "0", "attempt: got '0'; allowed: an integer from 1 to 9999"),
        (
            "certificate_arn",
            "",
            "certificate_arn: got ''; allowed: the ARN of an ACM certificate in the stack's region;",
        ),
        ("domain_name", "a." * 126 + "com", f"domain_name: got '{'a.' * 126}com'; allowed: a host name in lower case"),
        ("preview_cidrs", "0.0.0.0/0", "preview_cidrs: got '0.0.0.0/0'; allowed: 1 to 20 IPv4 networks from /8 to /32"),
        ("preview_cidrs", "", "preview_cidrs: got ''; allowed: 1 to 20 IPv4 networks"),
        ("preview_rotation_days", "366", "preview_rotation_days: got '366'; allowed: an integer from 0 to 365"),
        ("ssh_cidr", "0.0.0.0/0", "ssh_cidr: got '0.0.0.0/0'; allowed: an IPv4 network from /8 to /32"),
        ("ssh_cidr", "0.0.0.0/1", "ssh_cidr: got '0.0.0.0/1'; allowed: an IPv4 network from /8 to /32"),
        ("vpc_cidr", "10.20.0.0/24", "vpc_cidr: got '10.20.0.0/24'; allowed: an IPv4 network from /16 to /22"),
        ("ami_id", "ubuntu", "ami_id: got 'ubuntu'; allowed: an image id such as ami-0123456789abcdef0;"),
        ("notify_email", "me", "notify_email: got 'me'; allowed: an e-mail address;"),
        ("log_retention_days", "2", "log_retention_days: got '2'; allowed: one of 1, 3, 5, 7, 14, 30,"),
        ("metric_period_seconds", "7", "metric_period_seconds: got '7'; allowed: 1, 5, 10, 20, 30 or a multiple of 60"),
        ("tags", "aws:owner=me", "tags: got 'aws:owner=me'; allowed: names (not starting with aws:) and values"),
        ("bake_seconds", "4000", "bake_seconds: got '4000'; allowed: 0 to 3000: CloudFormation waits an hour"),
        ("services", "{}", "services: got '{}'; allowed: a JSON object of services by name, at least one"),
        ("services", "shop", "services: got 'shop'; allowed: a JSON object of services by name, at least one"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(key: str, value: object, line: str) -> None:
    assert refusal(**{key: value}).startswith(line)


@pytest.mark.parametrize("user", ["root", "0:0", "0:1000", "1000:0", "00:1", "1000", "node", "", "-1:1", "1:1\n"])
def test_a_container_never_runs_as_root(user: str) -> None:
    line = refusal(services={"shop": {**SHOP, "user": user}})

    assert line.startswith(
        f"services.shop.user: got {user!r}; allowed: a user and a group by number, neither of them 0"
    )


@pytest.mark.parametrize(
    "tag", ["", "-1", ".1", "1/2", "a b", "x" * 129, "v1\n", "live-2.0.0", "part-2.0", "git-2.0", "sha256-2"]
)
def test_a_version_must_be_an_image_tag(tag: str) -> None:
    assert refusal(green_version=tag).startswith(f"green_version: got {tag!r}; allowed: an image tag")


@pytest.mark.parametrize("tag", ["1", "v1.2.3", "rc-1.2", "_x", "party-1", "x" * 128])
def test_every_image_tag_is_a_version(tag: str) -> None:
    assert settings(green_version=tag).services[0].green_version == tag


def test_a_certificate_needs_the_name_that_it_is_for() -> None:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/0f5a7d3e"

    assert refusal(certificate_arn=arn).startswith(f"certificate_arn: got {arn} without domain_name; allowed: together")
    assert settings(certificate_arn=arn, domain_name="shop.example.com").certificate_arn == arn


def test_a_missing_version_is_named() -> None:
    line = refusal(services={"shop": {"blue_version": "1"}})

    assert line.startswith("services.shop.green_version: missing; allowed: an image tag")


@pytest.mark.parametrize(
    ("context", "line"),
    [
        (
            {"health_timeout_seconds": "30"},
            "health_timeout_seconds: got 30; allowed: less than health_interval_seconds (30)",
        ),
        (
            {"gate_deadline_seconds": "20"},
            "gate_deadline_seconds: got 20; allowed: more than 20 (gate_consecutive 3 looks, gate_interval_seconds 10"
            " apart)",
        ),
        (
            {"bake_seconds": "10"},
            "bake_interval_seconds: got 15; allowed: up to bake_seconds (10)",
        ),
        (
            {"bake_seconds": "601"},
            "bake_deadline_seconds: got 600; allowed: bake_seconds (601) or more",
        ),
        (
            {"bake_seconds": "60", "bake_deadline_seconds": "200"},
            "bake_deadline_seconds: got 200; allowed: 240 or more (metric_lag_seconds 120 + twice metric_period_seconds"
            " 60)",
        ),
        (
            {"bake_deadline_seconds": "3000"},
            "switch_deadline_seconds: got 3000; allowed: 3780 or more (gate_deadline_seconds 300 + twice"
            " confirm_deadline_seconds 60 + bake_deadline_seconds 3000 + 12 times write_settle_seconds 20 + 120 for the"
            " rest)",
        ),
        (
            {"switch_deadline_seconds": "3300"},
            "service_timeout_seconds: got 3300; allowed: 3440 to 3600 (switch_deadline_seconds 3300 + 4 times"
            " write_settle_seconds 20 + 60 for the answer)",
        ),
        (
            {"confirm_deadline_seconds": "581"},
            "confirm_deadline_seconds: got 581; allowed: up to 580 (720 for the whole shift - 4 times"
            " write_settle_seconds 20 - 60 for the rest)",
        ),
        (
            {"compute": "fargate", "shop.cpu_units": "300"},
            "services.shop.cpu_units: got 300; allowed on fargate: 256, 512, 1024, 2048, 4096, 8192, 16384",
        ),
        (
            {"compute": "fargate", "shop.memory_mib": "4096"},
            "services.shop.memory_mib: got 4096; allowed on fargate with cpu_units 256: 512, 1024, 2048",
        ),
        (
            {"compute": "fargate", "ssh_cidr": "203.0.113.7/32"},
            "ssh_cidr: got '203.0.113.7/32'; allowed: nothing with compute=fargate, which has no host",
        ),
        (
            {"instance_type": "t4g.large"},
            "instance_type: got t4g.large, whose processor is arm64, with image_platform linux/amd64; allowed: a type"
            " for that platform, such as t3.medium, or image_platform linux/arm64",
        ),
        (
            {"image_platform": "linux/arm64"},
            "instance_type: got t3.medium, whose processor is x86_64, with image_platform linux/arm64; allowed: a type"
            " for that platform, such as t4g.medium, or image_platform linux/amd64",
        ),
        (
            {"build_cache": "true"},
            "build_cache: got true without github_repository; allowed: together with it, whose jobs keep it, or false",
        ),
        (
            {"build_platforms": "linux/arm64"},
            "build_platforms: got linux/arm64 with image_platform linux/amd64; allowed: platforms that image_platform"
            " is one of, or nothing for it alone",
        ),
        (
            {**PIPELINE, "build_platforms": "linux/amd64,linux/arm64"},
            "build_platforms: got linux/amd64, linux/arm64 with pipeline_connection_arn; allowed with CodePipeline,"
            " whose builds have one processor: linux/amd64, or nothing",
        ),
        (
            {"shop.green_port": "3000"},
            "services.shop.green_port: got 3000; allowed: any port but blue_port's",
        ),
    ],
)
def test_settings_that_cannot_go_together_are_refused(context: dict[str, str], line: str) -> None:
    assert refusal(**context) == line


@pytest.mark.parametrize(
    ("field", "value", "line"),
    [
        (
            "priority",
            100,
            "services.report.priority: got 100, as shop has; allowed: a priority that no other service has",
        ),
        (
            "blue_port",
            3001,
            "services.report.blue_port: got 3001, as shop has; allowed: a port that no other service has",
        ),
        ("paths", ["/*"], "services.report.paths: got '/*', as shop has; allowed: a path that no other service has"),
    ],
)
def test_two_services_never_share_what_only_one_can_have(field: str, value: object, line: str) -> None:
    assert refusal(services={"shop": SHOP, "report": {**REPORT, field: value}}) == line


@pytest.mark.parametrize("name", ["Shop", "shop_1", "1shop", "shop-1", "s" * 21, ""])
def test_a_service_s_name_must_fit_a_repository_and_a_construct(name: str) -> None:
    assert refusal(services={name: SHOP}).startswith(f"services: got {name!r}; allowed: up to 20 lower case letters")


def test_two_services_that_differ_are_accepted_in_their_order() -> None:
    assert [service.name for service in settings(services=BOTH).services] == ["shop", "report"]


def test_services_that_lambda_could_not_be_told_of_are_refused_with_the_bytes_that_they_take() -> None:
    services = {
        f"service-{chr(97 + number)}": {
            "blue_version": "1",
            "green_version": "1",
            "paths": [f"/{number}/{'x' * 100}/*"],
            "priority": 92 + 2 * number,
            "blue_port": 3000 + 2 * number,
            "green_port": 3001 + 2 * number,
        }
        for number in range(12)
    }

    with pytest.raises(SettingsError) as refused:
        Settings.from_context({"services": services})

    assert re.fullmatch(
        r"services: got 12, which with all their paths and alarm_names can take [45],\d{3} bytes of a function's"
        r" environment; allowed: 4,096 \(Lambda's quota\)\. Take fewer services, or shorter paths, health_path,"
        r" probe_path and alarm_names",
        str(refused.value),
    )
