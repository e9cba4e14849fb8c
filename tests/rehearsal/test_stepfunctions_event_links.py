"""The events of a history: their numbers, their links and their details."""

from __future__ import annotations

import pytest

from greenlight.rehearsal.cloud.stepfunctions import history
from greenlight.rehearsal.cloud.stepfunctions.task import Resource


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("TaskStateEntered", "stateEnteredEventDetails"),
        ("MapStateExited", "stateExitedEventDetails"),
        ("LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails"),
        ("ExecutionRedriven", "executionRedrivenEventDetails"),
    ],
)
def test_details_are_named_after_the_kind_and_those_of_states_alike(kind: str, name: str) -> None:
    assert history.details_name(kind) == name


def test_events_are_numbered_and_follow_what_they_are_told_to_follow() -> None:
    events: list[history.Event] = []

    assert history.append(events, "ExecutionStarted", {"input": "{}"}, "now", 0) == 1
    assert history.append(events, "ParallelStateStarted", None, "now", 1) == 2
    assert events[1] == {"id": 2, "previousEventId": 1, "type": "ParallelStateStarted", "timestamp": "now"}
    assert not history.ended(events)


def test_data_is_written_without_a_space_and_every_letter_as_itself() -> None:
    assert history.encoded({"a": [1, "ü"]}) == '{"a":[1,"ü"]}'


def test_a_timeout_has_no_cause() -> None:
    assert history.failure("States.Timeout", None) == {"error": "States.Timeout"}


def test_without_data_an_event_keeps_its_names() -> None:
    event = {"id": 1, "stateEnteredEventDetails": {"name": "A", **history.payload("input", "1")}}

    assert history.without_data(event) == {"id": 1, "stateEnteredEventDetails": {"name": "A"}}


@pytest.mark.parametrize(
    ("arn", "family", "named"),
    [
        ("arn:aws:states:::lambda:invoke", "Task", {"resourceType": "lambda", "resource": "invoke"}),
        (
            "arn:aws:states:::aws-sdk:dynamodb:putItem",
            "Task",
            {"resourceType": "aws-sdk:dynamodb", "resource": "putItem"},
        ),
        ("arn:aws:lambda:us-east-1:000000000000:function:work", "LambdaFunction", {}),
        ("arn:aws:states:us-east-1:000000000000:activity:work", "Activity", {}),
    ],
)
def test_a_resource_names_its_events(arn: str, family: str, named: dict[str, str]) -> None:
    assert (Resource(arn).family, Resource(arn).named) == (family, named)
