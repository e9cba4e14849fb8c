"""Since when a color's containers are there at the earliest: a time that is too late would be taken for knowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.names import PRODUCTION
from host_age.judgment import Host
from traffic_switch.contract import Color

from greenlight.secret_rotation import creation
from greenlight.secret_rotation.creation import Creation

LAUNCHED, DECLARED = 1_000.0, 5_000.0
VERSIONS = {Color.BLUE: "1.0.0", Color.GREEN: "2.0.0"}


class Stack:
    """A stack whose outputs say their own names."""

    def __init__(self, name: str) -> None: ...

    def output(self, key: str) -> str:
        return key


class Parameters:
    """The parameter that declares each color."""

    def get_parameter(self, Name: str) -> Mapping[str, Any]:  # noqa: N803
        assert Name in ("/greenlight/shop/blue", "/greenlight/shop/green")
        return {"Parameter": {"LastModifiedDate": datetime.fromtimestamp(DECLARED, UTC)}}


class Logs:
    """The log streams by their names, with the time of their creation; no group at all when there is none."""

    def __init__(self, streams: Mapping[str, float] | None) -> None:
        self.streams = streams

    def describe_log_streams(self, logGroupName: str, logStreamNamePrefix: str) -> Mapping[str, Any]:  # noqa: N803
        if self.streams is None:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "DescribeLogStreams")
        found = [(name, at) for name, at in self.streams.items() if name.startswith(logStreamNamePrefix)]
        return {"logStreams": [{"logStreamName": name, "creationTime": int(at * 1000)} for name, at in found]}


class Ecs:
    """The running tasks of each service, with the time of their creation."""

    def __init__(self, **tasks: Sequence[float]) -> None:
        self.tasks = tasks

    def get_paginator(self, _name: str) -> Ecs:
        return self

    def paginate(self, cluster: str, serviceName: str) -> list[Mapping[str, Any]]:  # noqa: N803
        assert cluster == "ClusterName"
        return [{"taskArns": [str(at)]} for at in self.tasks[serviceName]] or [{"taskArns": []}]

    def describe_tasks(self, cluster: str, tasks: Sequence[str]) -> Mapping[str, Any]:
        return {"tasks": [{"createdAt": datetime.fromtimestamp(float(each), UTC)} for each in tasks]}


def of_blue(streams: Mapping[str, float] | None, monkeypatch: pytest.MonkeyPatch, launched: float = LAUNCHED) -> float:
    monkeypatch.setattr(creation, "DeployedStack", Stack)
    monkeypatch.setattr(creation, "deployed_host", lambda _names: Host("i-1", launched))
    look = Creation(PRODUCTION, "shop", "ec2", VERSIONS, {"logs": Logs(streams), "ssm": Parameters()})
    found = look.of_both()[Color.BLUE].not_before
    assert found is not None
    return found


def test_a_version_whose_log_began_after_it_was_declared_was_created_after_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert of_blue({"shop/blue/1.0.0": DECLARED + 20}, monkeypatch) == DECLARED


def test_a_log_that_is_older_than_the_declaration_is_of_a_container_that_may_still_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert of_blue({"shop/blue/1.0.0": 3_000.0}, monkeypatch) == 3_000.0 - 90


def test_nothing_on_a_host_is_older_than_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of_blue({"shop/blue/1.0.0": 3_000.0}, monkeypatch, launched=9_000.0) == 9_000.0


@pytest.mark.parametrize("streams", [None, {}, {"shop/blue/1.0.0-rc1": 6_000.0, "shop/green/1.0.0": 6_000.0}])
def test_without_a_log_of_its_own_a_version_may_be_as_old_as_the_host(
    streams: Mapping[str, float] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert of_blue(streams, monkeypatch) == LAUNCHED


def test_a_host_that_has_ended_has_no_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "deployed_host", lambda _names: None)

    both = Creation(PRODUCTION, "shop", "ec2", VERSIONS).of_both()

    assert [each.not_before for each in both.values()] == [None, None]


def test_on_fargate_the_oldest_task_of_a_color_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "DeployedStack", Stack)
    ecs = Ecs(ShopBlueServiceName=[7_000.0, 4_000.0], ShopGreenServiceName=[])

    both = Creation(PRODUCTION, "shop", "fargate", VERSIONS, {"ecs": ecs}).of_both()

    assert both[Color.BLUE].not_before == 4_000.0
    assert both[Color.GREEN].not_before is None
    assert both[Color.GREEN].version == "2.0.0"
