"""What the doctor judges of the account and of the settings: each problem is one line, and so is all that is sound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from host_age.judgment import DAY_SECONDS, Host

from greenlight.doctor.account import Bootstrap, Identity, judge_bootstrap
from greenlight.doctor.certificate import Certificate, covers, judge_certificate, misplaced
from greenlight.doctor.domain import judge_domain
from greenlight.doctor.finding import Status
from greenlight.doctor.host import InstanceType, MachineImage, judge_age, judge_host
from greenlight.doctor.images import Repository, judge_images
from greenlight.doctor.quotas import ELASTIC_IPS, RULES, VPCS, Demand, Room, judge_quotas
from greenlight.doctor.service_roles import ECS, LOAD_BALANCING, judge_roles
from tests.unit.doctor_findings import OK, PROBLEM, WARNING, expect

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ME = Identity("111122223333", "arn:aws:iam::111122223333:user/me", "us-east-1")
ARN = "arn:aws:acm:us-east-1:111122223333:certificate/1"
DOMAIN, DOOR = "shop.example.com", "door.elb.amazonaws.com"
BUCKET = "cdk-assets"


@pytest.mark.parametrize(
    ("version", "has_bucket", "status", "words"),
    [
        ("33", True, OK, ["version 33"]),
        ("6", True, OK, ["6 or more"]),
        ("5", True, PROBLEM, ["version 5, which is below 6", "npx cdk bootstrap aws://111122223333/us-east-1"]),
        (None, False, PROBLEM, ["never bootstrapped in us-east-1", "npx cdk bootstrap"]),
        ("33", False, PROBLEM, ["bucket cdk-assets is gone", "delete the stack CDKToolkit"]),
        ("latest", True, PROBLEM, ["version latest"]),
    ],
)
def test_an_account_is_bootstrapped_well_enough(
    version: str | None, has_bucket: bool, status: Status, words: list[str]
) -> None:
    expect(judge_bootstrap(Bootstrap(version, BUCKET, has_bucket), ME), status, *words)


@pytest.mark.parametrize(
    ("wanted", "there", "has_one", "status", "words"),
    [
        ((LOAD_BALANCING,), {LOAD_BALANCING}, True, OK, ["is there"]),
        ((LOAD_BALANCING,), set(), False, WARNING, ["the first load balancer makes it"]),
        ((LOAD_BALANCING,), set(), True, PROBLEM, ["--aws-service-name elasticloadbalancing.amazonaws.com"]),
        ((LOAD_BALANCING, ECS), {LOAD_BALANCING}, True, PROBLEM, [ECS, "--aws-service-name ecs.amazonaws.com"]),
    ],
)
def test_service_linked_roles_are_there(
    wanted: tuple[str, ...], there: set[str], has_one: bool, status: Status, words: list[str]
) -> None:
    expect(judge_roles(wanted, there, has_one), status, *words)


def repository(**changed: Any) -> Repository:
    facts: dict[str, Any] = {"exists": True, "is_ours": True, "wanted": ("1",), "platforms": {"1": ("linux/amd64",)}}
    return Repository("greenlight/shop", **{**facts, **changed})


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({}, OK, ["greenlight/shop:1 for linux/amd64"]),
        ({"platforms": {"1": ("linux/arm64", "linux/amd64")}}, OK, []),
        (
            {"platforms": {"1": ("linux/arm64",)}},
            PROBLEM,
            ["is for linux/arm64", "docker build --platform linux/amd64"],
        ),
        ({"platforms": {"1": ()}}, PROBLEM, ["is for no platform"]),
        ({"platforms": {}}, PROBLEM, ["there is no image greenlight/shop:1", "push it"]),
        ({"exists": False, "platforms": {}}, PROBLEM, ["there is no repository greenlight/shop"]),
        ({"digests": {"1": "sha256:1"}, "recorded": {"1": "sha256:1"}}, OK, []),
        ({"digests": {"1": "sha256:1"}, "recorded": {}}, OK, []),
        (
            {"digests": {"1": "sha256:2"}, "recorded": {"1": "sha256:1"}},
            WARNING,
            ["the tag of greenlight/shop:1 is on sha256:2, but it was first deployed as sha256:1", "CloudTrail"],
        ),
        ({"is_ours": False}, PROBLEM, ["outlived its stack", "npx cdk import"]),
    ],
)
def test_images_of_the_declared_versions_are_there(changed: dict[str, Any], status: Status, words: list[str]) -> None:
    expect(judge_images([repository(**changed)], "linux/amd64"), status, *words)


def test_images_are_held_against_the_platform_of_the_settings() -> None:
    expect(judge_images([repository()], "linux/arm64"), PROBLEM, "it would run on linux/arm64")


@pytest.mark.parametrize(
    ("name", "is_covered"),
    [
        ("shop.example.com", True),
        ("SHOP.example.com", True),
        ("*.example.com", True),
        ("example.com", False),
        ("*.com", False),
        ("*.shop.example.com", False),
        ("shop.example.org", False),
    ],
)
def test_a_wildcard_stands_for_the_first_label(name: str, is_covered: bool) -> None:
    assert covers([name], DOMAIN) is is_covered


@pytest.mark.parametrize(
    ("found", "status", "words"),
    [
        (Certificate("ISSUED", (DOMAIN,), NOW + timedelta(90)), OK, ["expires on 2027-02-20"]),
        (Certificate("ISSUED", ("example.com", "*.example.com"), NOW + timedelta(90)), OK, []),
        (Certificate("ISSUED", (DOMAIN,), NOW + timedelta(20)), WARNING, ["expires on 2026-12-12"]),
        (Certificate("ISSUED", (DOMAIN,), NOW - timedelta(1)), PROBLEM, ["has expired on 2026-11-21"]),
        (Certificate("EXPIRED", (DOMAIN,), None), PROBLEM, ["has expired"]),
        (Certificate("PENDING_VALIDATION", (DOMAIN,), None), PROBLEM, ["PENDING_VALIDATION", "create the DNS records"]),
        (Certificate("FAILED", (DOMAIN,), None), PROBLEM, ["is FAILED, not ISSUED"]),
        (Certificate("ISSUED", ("other.example.com",), NOW + timedelta(90)), PROBLEM, ["not for shop.example.com"]),
        (None, PROBLEM, ["no such certificate"]),
    ],
)
def test_a_certificate_is_issued_valid_and_for_the_domain(
    found: Certificate | None, status: Status, words: list[str]
) -> None:
    expect(judge_certificate(found, DOMAIN, NOW), status, *words)


def test_an_expired_certificate_for_another_name_is_both() -> None:
    found = list(judge_certificate(Certificate("EXPIRED", ("a.example.com",), None), DOMAIN, NOW))

    assert [each.status for each in found] == [PROBLEM, PROBLEM]


def test_a_certificate_is_of_the_load_balancers_region_and_account() -> None:
    assert not list(misplaced(ARN, ME))
    expect(misplaced(ARN.replace("us-east-1", "eu-west-1"), ME), PROBLEM, "of eu-west-1", "would be in us-east-1")
    expect(misplaced(ARN.replace("111122223333", "444455556666"), ME), PROBLEM, "account 444455556666")


@pytest.mark.parametrize(
    ("leads_to", "door", "its_own", "status", "words"),
    [
        ({"1.1.1.1"}, DOOR, {"1.1.1.1", "2.2.2.2"}, OK, ["leads to the load balancer"]),
        ({"9.9.9.9"}, DOOR, {"1.1.1.1"}, WARNING, ["leads to 9.9.9.9, not to the load balancer (1.1.1.1)", DOOR]),
        ({"9.9.9.9"}, DOOR, None, WARNING, ["no address"]),
        (None, DOOR, {"1.1.1.1"}, WARNING, ["does not exist in DNS yet", f"point it at {DOOR}"]),
        (None, "", None, OK, ["does not exist in DNS yet", "once it is there"]),
        ({"9.9.9.9"}, "", None, WARNING, ["leads to 9.9.9.9 already"]),
    ],
)
def test_the_domain_leads_to_the_load_balancer(
    leads_to: set[str] | None, door: str, its_own: set[str] | None, status: Status, words: list[str]
) -> None:
    expect(judge_domain(DOMAIN, leads_to, door, its_own), status, *words)


@pytest.mark.parametrize(
    ("room", "status", "words"),
    [
        (Room(VPCS, 5, 4, 0, 1), OK, []),
        (Room(VPCS, 5, 5, 0, 1), PROBLEM, ["VPCs per Region: 5 of 5", "create 1 more", "--desired-value 6"]),
        (Room(VPCS, 5, 5, 1, 1), OK, []),
        (Room(VPCS, 5, 9, 1, 1), OK, []),
        (Room(ELASTIC_IPS, 5, 4, 0, 2), PROBLEM, ["4 of 5", "create 2 more", "--quota-code L-0263D0A3"]),
        (Room(RULES, 100, 99, 3, 6), PROBLEM, ["99 of 100", "create 3 more", "--desired-value 102"]),
    ],
)
def test_a_quota_has_room_for_what_is_new(room: Room, status: Status, words: list[str]) -> None:
    expect(judge_quotas([room]), status, *words)


def test_every_service_needs_three_rules_and_an_address_goes_with_each_gateway() -> None:
    demand = Demand(services=2, nat_gateways=1)

    assert [demand.of(quota) for quota in (RULES, ELASTIC_IPS, VPCS)] == [6, 1, 1]


@pytest.mark.parametrize(
    ("days", "status", "words"),
    [
        (0.0, OK, ["the host i-1 is 0 days old"]),
        (29.9, OK, ["is 29 days old"]),
        (30.0, WARNING, ["is 30 days old", "host_max_age_days is 30", "`greenlight renew-host`"]),
        (None, WARNING, ["the host is gone", "`greenlight renew-host`"]),
    ],
)
def test_a_host_is_renewed_before_it_is_too_old(days: float | None, status: Status, words: list[str]) -> None:
    now = 1_900_000_000.0
    found = None if days is None else Host("i-1", now - days * DAY_SECONDS)

    expect([judge_age(found, 30, now)], status, *words)


INTEL = InstanceType("t3.medium", ("x86_64",), ("us-east-1a",))
GRAVITON = InstanceType("t4g.medium", ("arm64",), ("us-east-1a",))


@pytest.mark.parametrize(
    ("found", "image", "ami_id", "status", "words"),
    [
        (INTEL, None, None, OK, ["offered in us-east-1a"]),
        (None, None, None, PROBLEM, ["knows no instance type"]),
        (InstanceType("t3.medium", ("x86_64",), ("us-east-1b",)), None, None, PROBLEM, ["it is in us-east-1b"]),
        (InstanceType("t3.medium", ("x86_64",), ()), None, None, PROBLEM, ["no zone of the region has it"]),
        (GRAVITON, None, None, PROBLEM, ["has arm64, and Amazon Linux 2023", "is for x86_64"]),
        (GRAVITON, MachineImage("ami-1", "arm64", "available"), "ami-1", OK, []),
        (
            INTEL,
            MachineImage("ami-1", "arm64", "available"),
            "ami-1",
            PROBLEM,
            ["the machine image ami-1 is for arm64"],
        ),
        (INTEL, None, "ami-1", PROBLEM, ["ami-1 does not exist in this region"]),
        (INTEL, MachineImage("ami-1", "x86_64", "deregistered"), "ami-1", PROBLEM, ["is deregistered"]),
    ],
)
def test_ec2_would_start_the_host(
    found: InstanceType | None, image: MachineImage | None, ami_id: str | None, status: Status, words: list[str]
) -> None:
    expect(judge_host("t3.medium", found, "us-east-1a", image, ami_id, "x86_64"), status, *words)
