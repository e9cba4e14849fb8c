"""Rules and events that EventBridge refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.elbv2_calls import refusal
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

TOPIC = "arn:aws:sns:us-east-1:000000000000:pages"


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "eventbridge") as cloud:
        assert isinstance(cloud, LocalCloud)
        yield cloud.client("events")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "Parameter(s) EventPattern or ScheduleExpression must be specified."),
        ({"ScheduleExpression": "rate(1 minutes)"}, "Parameter ScheduleExpression is not valid."),
        ({"ScheduleExpression": "rate(5 minute)"}, "Parameter ScheduleExpression is not valid."),
    ],
    ids=["nothing", "one", "many"],
)
def test_a_rule_that_nothing_starts_is_refused(events: Any, rule: dict[str, str], said: str) -> None:
    assert refusal(lambda: events.put_rule(Name="shop", **rule)) == ("ValidationException", said)


@pytest.mark.parametrize("schedule", ["rate(1 minute)", "rate(5 minutes)", "cron(0 12 * * ? *)"])
def test_a_schedule_is_taken(events: Any, schedule: str) -> None:
    events.put_rule(Name="scheduled", ScheduleExpression=schedule)

    assert events.describe_rule(Name="scheduled")["ScheduleExpression"] == schedule


def test_a_rule_with_targets_is_not_deleted(events: Any) -> None:
    events.put_rule(Name="kept", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="kept", Targets=[{"Id": "pages", "Arn": TOPIC}])

    assert refusal(lambda: events.delete_rule(Name="kept")) == (
        "ValidationException",
        "Rule can't be deleted since it has targets.",
    )
    events.remove_targets(Rule="kept", Ids=["pages"])
    events.delete_rule(Name="kept")


def test_an_event_that_is_not_well_formed_is_named_in_its_place(events: Any) -> None:
    well = {"Source": "shop", "DetailType": "sold", "Detail": "{}"}

    answer = events.put_events(Entries=[{**well, "Detail": "no json"}, well, {"Source": "shop", "DetailType": "sold"}])

    assert answer["FailedEntryCount"] == 2
    assert [each.get("ErrorCode", "") for each in answer["Entries"]] == ["MalformedDetail", "", "InvalidArgument"]
