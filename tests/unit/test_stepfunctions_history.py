"""The events of an execution, as GetExecutionHistory shows them."""

from __future__ import annotations

from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.history import append, ended, translate

INVOKE = "arn:aws:states:::lambda:invoke"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:gate"


def test_a_scheduled_task_also_starts() -> None:
    entries = translate("TaskScheduled", {"taskScheduledEventDetails": {"resource": INVOKE, "resourceType": "lambda"}})

    integration = {"resource": "invoke", "resourceType": "lambda"}
    assert entries == [
        ("TaskScheduled", {"taskScheduledEventDetails": integration}),
        ("TaskStarted", {"taskStartedEventDetails": integration}),
    ]


def test_an_aws_call_is_named_by_service_and_action() -> None:
    resource = "arn:aws:states:::aws-sdk:elasticloadbalancingv2:modifyRule"

    ((_, details),) = translate("TaskSucceeded", {"taskSucceededEventDetails": {"resource": resource, "output": "1"}})

    assert details["taskSucceededEventDetails"] == {
        "resource": "modifyRule",
        "resourceType": "aws-sdk:elasticloadbalancingv2",
        "output": "1",
    }


def test_a_timeout_is_no_failure() -> None:
    details = {"taskFailedEventDetails": {"resource": INVOKE, "error": "States.Timeout", "cause": "late"}}

    ((kind, told),) = translate("TaskFailed", details)

    assert (kind, told["taskTimedOutEventDetails"]["error"]) == ("TaskTimedOut", "States.Timeout")


def test_a_function_as_resource_has_events_of_its_own() -> None:
    details = {"taskFailedEventDetails": {"resource": FUNCTION, "error": "ValueError", "cause": "{}"}}

    assert translate("TaskFailed", details) == [
        ("LambdaFunctionFailed", {"lambdaFunctionFailedEventDetails": {"error": "ValueError", "cause": "{}"}})
    ]


def test_events_are_numbered_and_the_last_one_closes_the_history() -> None:
    events: list[dict[str, Any]] = [{"id": 1, "type": "ExecutionStarted"}]

    append(events, "PassStateEntered", {"stateEnteredEventDetails": {"name": "A"}}, "now")
    assert not ended(events)
    append(events, "ExecutionSucceeded", None, "now")

    assert [(event["id"], event.get("previousEventId")) for event in events] == [(1, None), (2, 1), (3, 2)]
    assert ended(events)
