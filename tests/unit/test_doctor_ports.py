"""What the doctor reads where a rehearsal has nothing to read: answers that only a real account gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from greenlight.doctor.account import Identity
from greenlight.doctor.checks import Doctor
from greenlight.doctor.finding import Finding
from greenlight.doctor.ports.images import Images
from greenlight.doctor.ports.quotas import Quotas
from greenlight.doctor.ports.upkeep import Upkeep
from greenlight.doctor.quotas import QUOTAS, Demand
from greenlight.doctor.upkeep import SecretLook
from greenlight.project import CHECKOUT, Project

Calls = Mapping[str, Callable[..., Any]]


class FakeClient:
    """A client with some operations."""

    def __init__(self, calls: Calls) -> None:
        vars(self).update(calls)


class FakeAws:
    """The operations of every service under their own names."""

    def __init__(self, **calls: Callable[..., Any]) -> None:
        self._client = FakeClient(calls)

    def client(self, service: str) -> Any:
        return self._client

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:
        return []


class FakeStacks:
    """Stacks with one resource of every type that is asked for."""

    def physical(self, stack: str, *types: str) -> list[str]:
        return [f"{stack}-resource"]

    def count(self, stack: str) -> Mapping[str, int]:
        return dict.fromkeys(
            [
                "AWS::ElasticLoadBalancingV2::TargetGroup",
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
                "AWS::EC2::EIP",
                "AWS::EC2::VPC",
                "AWS::EC2::InternetGateway",
            ],
            0,
        )


def missing(code: str) -> Callable[..., Any]:
    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": code}}, "Describe")

    return refuse


def manifest(body: Mapping[str, Any]) -> Callable[..., Any]:
    return lambda **_: {"images": [{"imageId": {"imageDigest": "sha256:1"}, "imageManifest": json.dumps(body)}]}


def test_an_image_for_several_platforms_says_them_itself_but_for_its_attestations() -> None:
    platforms = [("linux", "amd64"), ("linux", "arm64"), ("unknown", "unknown")]
    index = {"manifests": [{"platform": {"os": os, "architecture": name}} for os, name in platforms]}

    found = Images(FakeAws(batch_get_image=manifest(index))).repository("greenlight/shop", ("1",), True)  # type: ignore[arg-type]

    assert found.platforms == {"1": ("linux/amd64", "linux/arm64")}
    assert found.digests == {"1": "sha256:1"}


def test_a_secret_that_is_gone_is_told_from_one_that_is_there() -> None:
    now = datetime(2027, 1, 15, tzinfo=UTC)
    gone, there = missing("ResourceNotFoundException"), lambda **_: {"LastChangedDate": now - timedelta(days=3)}

    for describe, look in ((gone, None), (there, SecretLook(False, 3.0))):
        upkeep = Upkeep(FakeAws(describe_secret=describe), FakeStacks())  # type: ignore[arg-type]
        assert upkeep.secrets(now) == {"Edge-resource": look}


def test_alarms_are_asked_for_a_hundred_at_a_time() -> None:
    asked: list[int] = []

    def describe(**parameters: Any) -> Any:
        asked.append(len(parameters["AlarmNames"]))
        alarms = [{"AlarmName": name, "StateValue": "OK"} for name in parameters["AlarmNames"]]
        return {"MetricAlarms": alarms, "CompositeAlarms": []}

    names = [f"alarm-{number:03}" for number in range(201)]
    states = Upkeep(FakeAws(describe_alarms=describe), FakeStacks()).alarm_states(names)  # type: ignore[arg-type]

    assert (asked, set(states)) == ([100, 100, 1], set(names))


def test_an_account_without_a_quota_of_its_own_has_awss_default() -> None:
    aws = FakeAws(
        get_service_quota=missing("NoSuchResourceException"),
        get_aws_default_service_quota=lambda **_: {"Quota": {"Value": 7.0}},
        describe_addresses=lambda: {"Addresses": []},
    )

    rooms = Quotas(aws, FakeStacks()).rooms(Demand(1, 0))  # type: ignore[arg-type]

    assert [room.value for room in rooms] == [7] * len(QUOTAS)


def examined(folder: Path, check: str, aws: FakeAws, stage: str | None = None, **settings: Any) -> list[Finding]:
    """One check of a project with some settings."""
    body = json.loads((CHECKOUT / "cdk.json").read_text())
    body["context"].update(settings)
    (folder / "cdk.json").write_text(json.dumps(body))
    doctor = Doctor(Project(folder, stage), aws, Identity("111122223333", "arn:me", "us-east-1"))  # type: ignore[arg-type]
    (look,) = [each.look for each in doctor.checks() if each.name == check]
    return list(look())


def no_stacks(**_: Any) -> Any:
    raise ClientError({"Error": {"Code": "ValidationError", "Message": "Stack does not exist"}}, "DescribeStacks")


def test_a_stage_that_shares_repositories_is_examined_for_productions(tmp_path: Path) -> None:
    services = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}
    own = {"vpc_cidr": "10.21.0.0/16", "services": services}
    aws = FakeAws(batch_get_image=missing("RepositoryNotFoundException"), describe_stacks=no_stacks)

    for repositories, name in (("shared", "greenlight/shop"), ("own", "greenlight-staging/shop")):
        stages = {"staging": {**own, "repositories": repositories}}
        (found,) = examined(tmp_path, "images", aws, "staging", stages=stages)
        assert found.said == f"there is no repository {name}"


def test_an_image_has_to_be_for_the_platform_of_the_settings(tmp_path: Path) -> None:
    index = {"manifests": [{"platform": {"os": "linux", "architecture": "amd64"}}]}
    aws = FakeAws(
        batch_get_image=manifest(index),
        describe_stacks=lambda **_: {
            "Stacks": [{"Outputs": [{"OutputKey": "ShopRepositoryUri", "OutputValue": "uri"}]}]
        },
    )

    (found,) = examined(tmp_path, "images", aws, image_platform="linux/arm64", instance_type="t4g.medium")

    assert "is for linux/amd64, and it would run on linux/arm64" in found.said
