"""The daily look at the age of the host, and what it makes people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from host_age.handler import MAX_AGE_VARIABLE, STACK_VARIABLE, look
from host_age.judgment import DAY_SECONDS, Host
from traffic_switch.contract import STAGE_VARIABLE, TOPIC_VARIABLE

from tests.unit.fake_surroundings import FakeSurroundings

NOW = 1_900_000_000.0


@dataclass
class FakeEc2:
    """Instances, and the filters that they were asked for with."""

    ages_days: Sequence[float]
    filters: list[Mapping[str, Any]] = field(default_factory=list)

    def get_paginator(self, operation: str) -> FakeEc2:
        assert operation == "describe_instances"
        return self

    def paginate(self, Filters: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:  # noqa: N803
        self.filters = Filters
        for number, age in enumerate(self.ages_days):
            launched = datetime.fromtimestamp(NOW - age * DAY_SECONDS, UTC)
            yield {"Reservations": [{"Instances": [{"InstanceId": f"i-{number}", "LaunchTime": launched}]}]}


@dataclass
class FakeSns:
    """What was published."""

    published: list[dict[str, str]] = field(default_factory=list)

    def publish(self, **message: str) -> None:
        self.published.append(message)


def looked(ec2: FakeEc2, sns: FakeSns, stage: str = "") -> list[str]:
    environment = {STACK_VARIABLE: "Stack", MAX_AGE_VARIABLE: "30", TOPIC_VARIABLE: "topic", STAGE_VARIABLE: stage}
    around = FakeSurroundings(environment=environment, clients={"ec2": ec2, "sns": sns}, clock=NOW)
    return look(around)["due"]


def test_a_young_host_is_nobodys_business() -> None:
    sns = FakeSns()

    assert looked(FakeEc2([29.9]), sns) == []
    assert sns.published == []


def test_people_are_paged_about_a_host_that_is_due_and_told_what_to_do() -> None:
    sns = FakeSns()

    assert looked(FakeEc2([30.0]), sns) == ["i-0"]
    (message,) = sns.published
    assert (message["TopicArn"], message["Subject"].startswith("PAGE: ")) == ("topic", True)
    assert "the host i-0 is 30 days old; host_max_age_days is 30" in message["Message"]
    assert "`greenlight renew-host`" in message["Message"]


def test_a_stage_is_named_with_its_command() -> None:
    sns = FakeSns()

    looked(FakeEc2([31.0]), sns, "staging")

    assert sns.published[0]["Subject"].endswith("(stage staging)")
    assert "`greenlight renew-host --stage staging`" in sns.published[0]["Message"]


def test_while_a_host_is_renewed_the_old_one_alone_is_due() -> None:
    assert looked(FakeEc2([45.0, 0.0]), FakeSns()) == ["i-0"]


def test_only_running_hosts_of_the_own_stack_are_looked_at() -> None:
    ec2 = FakeEc2([])

    looked(ec2, FakeSns())

    assert ec2.filters == [
        {"Name": "tag:aws:cloudformation:stack-name", "Values": ["Stack"]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]


@pytest.mark.parametrize(("days", "said"), [(0.9, "0 days"), (1.0, "1 day"), (1.9, "1 day"), (2.0, "2 days")])
def test_an_age_is_told_in_whole_days(days: float, said: str) -> None:
    assert Host("i-1", NOW - days * DAY_SECONDS).described(NOW) == f"the host i-1 is {said} old"
