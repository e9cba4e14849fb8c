from __future__ import annotations

from typing import Any

import pytest

from tests.synth.conftest import Synthesize
from tests.synth.switch import DUTIES, logical_id
from tests.synth.templates import Template, only, properties, resources

CONSUMERS = {"Died": "Settle", "Unasked": "Request"}
QUEUES = sorted(CONSUMERS)
DAY = 86_400


@pytest.fixture
def switch(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightSwitch"]


def _id(template: Template, queue: str) -> str:
    return logical_id(template, "SQS::Queue", f"Switch{queue}")


def _arn(template: Template, queue: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [_id(template, queue), "Arn"]}


def _properties(template: Template, queue: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][_id(template, queue)]["Properties"]
    return found


def _function(template: Template, name: str) -> dict[str, str]:
    return {"Ref": logical_id(template, "Lambda::Function", f"Switch{name}Function")}


def _alarms(template: Template, queue: str) -> list[dict[str, Any]]:
    name = {"Fn::GetAtt": [_id(template, queue), "QueueName"]}
    return [each for each in properties(template, "CloudWatch::Alarm") if str(name) in str(each)]


def test_an_execution_that_died_is_put_into_a_queue_and_nowhere_else(switch: Template) -> None:
    (rule,) = (each for each in properties(switch, "Events::Rule") if "EventPattern" in each)

    assert rule["EventPattern"]["detail"] == {
        "stateMachineArn": [{"Ref": "SwitchStatesMachine953181F6"}],
        "status": ["FAILED", "TIMED_OUT", "ABORTED"],
    }
    assert [target["Arn"] for target in rule["Targets"]] == [_arn(switch, "DiedQueue")]


def test_eventbridge_may_put_it_there_from_this_rule_alone(switch: Template) -> None:
    (policy,) = (
        each["PolicyDocument"]["Statement"]
        for each in properties(switch, "SQS::QueuePolicy")
        if each["Queues"] == [{"Ref": _id(switch, "DiedQueue")}]
    )

    (allowed,) = (each for each in policy if each["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [logical_id(switch, "Events::Rule", "SwitchStatesDied"), "Arn"]}}
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_every_queue_gives_its_function_one_event_at_a_time(switch: Template, queue: str) -> None:
    found = [
        (each["FunctionName"], each["BatchSize"])
        for each in properties(switch, "Lambda::EventSourceMapping")
        if each["EventSourceArn"] == _arn(switch, f"{queue}Queue")
    ]

    assert found == [(_function(switch, CONSUMERS[queue]), 1)]


@pytest.mark.parametrize("queue", QUEUES)
def test_an_event_stays_hidden_longer_than_its_function_may_run(switch: Template, queue: str) -> None:
    hidden = _properties(switch, f"{queue}Queue")["VisibilityTimeout"]

    assert DUTIES[CONSUMERS[queue]].timeout_seconds < hidden


@pytest.mark.parametrize("queue", QUEUES)
def test_an_event_that_fails_fifty_times_is_kept_for_people(switch: Template, queue: str) -> None:
    assert _properties(switch, f"{queue}Queue")["RedrivePolicy"] == {
        "deadLetterTargetArn": _arn(switch, f"{queue}Dead"),
        "maxReceiveCount": 50,
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_fifty_tries_are_made_before_the_event_is_dropped(switch: Template, queue: str) -> None:
    found = _properties(switch, f"{queue}Queue")

    assert 50 * found["VisibilityTimeout"] < found["MessageRetentionPeriod"] == 4 * DAY


def test_tries_of_a_request_outlast_the_hour_that_cloudformation_waits(switch: Template) -> None:
    assert 50 * _properties(switch, "UnaskedQueue")["VisibilityTimeout"] > 3600


@pytest.mark.parametrize("queue", QUEUES)
def test_a_dead_event_outlives_the_queue_that_it_came_from(switch: Template, queue: str) -> None:
    """SQS counts from the first queue; without more days the event would be gone when it arrives."""
    assert _properties(switch, f"{queue}Dead")["MessageRetentionPeriod"] == 14 * DAY


def test_every_queue_is_encrypted_by_sqs(switch: Template) -> None:
    assert [each["SqsManagedSseEnabled"] for each in properties(switch, "SQS::Queue")] == [True] * 4


def test_no_queue_takes_plain_http(switch: Template) -> None:
    refusing = [
        each["Queues"]
        for each in properties(switch, "SQS::QueuePolicy")
        for statement in each["PolicyDocument"]["Statement"]
        if (statement["Effect"], statement.get("Condition")) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    ]

    assert sorted(map(str, refusing)) == sorted(str([{"Ref": name}]) for name in resources(switch, "SQS::Queue"))


@pytest.mark.parametrize("queue", QUEUES)
def test_people_hear_of_the_first_event_that_is_given_up(switch: Template, queue: str) -> None:
    (alarm,) = _alarms(switch, f"{queue}Dead")

    assert (alarm["MetricName"], alarm["Statistic"]) == ("ApproximateNumberOfMessagesVisible", "Maximum")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 1)


@pytest.mark.parametrize("queue", QUEUES)
def test_people_hear_of_an_event_that_has_waited_for_a_quarter_of_an_hour(switch: Template, queue: str) -> None:
    (alarm,) = _alarms(switch, f"{queue}Queue")

    period = {metric["MetricStat"]["Period"] for metric in alarm["Metrics"] if "MetricStat" in metric}
    assert (period, alarm["EvaluationPeriods"], alarm["Threshold"]) == ({300}, 3, 0)


@pytest.mark.parametrize("queue", QUEUES)
def test_an_event_that_is_being_tried_counts_as_waiting(switch: Template, queue: str) -> None:
    (alarm,) = _alarms(switch, f"{queue}Queue")

    assert {metric["MetricStat"]["Metric"]["MetricName"] for metric in alarm["Metrics"] if "MetricStat" in metric} == {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateNumberOfMessagesNotVisible",
    }
    assert [metric["Expression"] for metric in alarm["Metrics"] if "Expression" in metric] == ["visible + hidden"]


def test_a_request_that_lambda_gives_up_goes_to_the_queue(switch: Template) -> None:
    (found,) = (
        each
        for each in properties(switch, "Lambda::EventInvokeConfig")
        if each["FunctionName"] == _function(switch, "Request")
    )

    assert found["DestinationConfig"]["OnFailure"]["Destination"] == _arn(switch, "UnaskedQueue")


def test_lambda_tries_a_request_three_times_within_four_minutes(switch: Template) -> None:
    (found,) = (
        each
        for each in properties(switch, "Lambda::EventInvokeConfig")
        if each["FunctionName"] == _function(switch, "Request")
    )

    assert (found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"]) == (2, 240)


def test_a_look_for_drift_that_fails_is_not_repeated_beside_the_next(switch: Template) -> None:
    (found,) = (
        each
        for each in properties(switch, "Lambda::EventInvokeConfig")
        if each["FunctionName"] == _function(switch, "Drift")
    )

    assert found["MaximumRetryAttempts"] == 0


@pytest.mark.parametrize(("minutes", "rate"), [(1, "rate(1 minute)"), (5, "rate(5 minutes)"), (1440, "rate(1 day)")])
def test_drift_is_looked_for_as_often_as_the_settings_say(synthesize: Synthesize, minutes: int, rate: str) -> None:
    template = synthesize(drift_look_minutes=minutes)["GreenlightSwitch"]

    function = _function(template, "Drift")["Ref"]
    (rule,) = (
        each
        for each in properties(template, "Events::Rule")
        if [target["Arn"]["Fn::GetAtt"][0] for target in each["Targets"]] == [function]
    )
    assert rule["ScheduleExpression"] == rate


def test_people_hear_when_looks_for_drift_fail(switch: Template) -> None:
    drift = [{"Name": "FunctionName", "Value": _function(switch, "Drift")}]
    (alarm,) = (each for each in properties(switch, "CloudWatch::Alarm") if each.get("Dimensions") == drift)

    assert alarm["MetricName"] == "Errors"
    assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (300, 2, 3)


def test_the_switch_s_topic_is_the_only_one(switch: Template) -> None:
    assert only(switch, "SNS::Topic")["DisplayName"] == "Greenlight releases"
