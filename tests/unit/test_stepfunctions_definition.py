"""What Step Functions refuses in a definition, in its own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from greenlight.rehearsal.cloud.stepfunctions.definition import problems

END = {"Type": "Succeed"}


def found(states: dict[str, Any], start: str = "A", language: str = "JSONata") -> list[str]:
    definition = {"QueryLanguage": language, "StartAt": start, "States": states}
    return [str(problem) for problem in problems(json.dumps(definition))]


def invoke(**more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "gate"},
        "End": True,
        **more,
    }


def test_a_machine_of_all_that_greenlight_uses_is_accepted() -> None:
    retry = {
        "ErrorEquals": ["Lambda.ServiceException"],
        "IntervalSeconds": 1,
        "MaxAttempts": 0,
        "MaxDelaySeconds": 5,
        "JitterStrategy": "FULL",
    }
    catch = {"ErrorEquals": ["States.ALL"], "Next": "D", "Output": "{% $states.errorOutput %}", "Assign": {"a": 1}}
    states = {
        "A": invoke(Retry=[retry], Catch=[catch], Output="{% $states.result.Payload %}", TimeoutSeconds=9),
        "D": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "E"}], "Default": "F"},
        "E": {"Type": "Wait", "Seconds": "{% 1 %}", "Next": "D"},
        "F": {"Type": "Fail", "Error": "{% 'x' %}", "Cause": "y"},
    }

    assert found(states) == []


@pytest.mark.parametrize(
    ("states", "problem"),
    [
        (
            {"A": {"Type": "Pass", "Next": "B"}, "C": END},
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next",
        ),
        ({"A": END, "B": END}, 'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B'),
        (
            {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}},
            "MISSING_END_STATE: Workflow has no terminal state",
        ),
        (
            {"A": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "X"}], "Default": "B"}, "B": END},
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Choices[0]/Next",
        ),
        (
            {"A": invoke(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "X"}])},
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Catch[0]/Next",
        ),
        (
            {"A": {"Type": "Choice", "Choices": [{"Condition": "{% true %}"}], "Default": "B"}, "B": END},
            "SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Choices[0]",
        ),
        (
            {"A": {"Type": "Pass"}, "B": END},
            "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End]"
            " at /States/A",
        ),
        (
            {"A": invoke(Arguments={"Payload": 1})},
            "SCHEMA_VALIDATION_FAILED: The field 'FunctionName' is required but was missing at /States/A/Arguments",
        ),
        (
            {"A": invoke(ResultPath="$.x")},
            "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'ResultPath' "
            "is only supported for the 'JSONPath' QueryLanguage at /States/A",
        ),
        (
            {"A": invoke(Retry=[{"ErrorEquals": ["States.ALL", "E"]}])},
            "SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list"
            " at /States/A/Retry[0]/ErrorEquals[0]",
        ),
        (
            {"A": invoke(Retry=[{"ErrorEquals": ["E"], "BackoffRate": 0.5}])},
            "SCHEMA_VALIDATION_FAILED: Minimum value is 1.0 at /States/A/Retry[0]/BackoffRate",
        ),
    ],
)
def test_a_wrong_machine_is_refused_with_the_place(states: dict[str, Any], problem: str) -> None:
    assert problem in found(states)


def test_branches_are_machines_too() -> None:
    branch = {"StartAt": "X", "States": {"X": {"Type": "Pass", "Next": "Y"}}}

    assert "MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/A/Branches[0]/States/X/Next" in found(
        {"A": {"Type": "Parallel", "Branches": [branch], "End": True}}
    )


def test_a_machine_in_jsonpath_keeps_its_own_fields() -> None:
    own = {"Parameters": {"FunctionName.$": "$.f"}, "ResultPath": "$.x", "TimeoutSecondsPath": "$.t"}
    state = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", **own, "End": True}

    assert found({"A": state}, language="JSONPath") == []


def test_what_is_no_json_is_refused() -> None:
    assert [problem.code for problem in problems("{")] == ["INVALID_JSON_DESCRIPTION"]
    assert str(problems("{}")[0]) == "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"


@pytest.mark.parametrize(
    ("resource", "what"),
    [
        ("arn:aws:states:::sns:publish.waitForTaskToken", "'.waitForTaskToken' service integration "),
        ("arn:aws:states:::states:startExecution.sync", "'.sync' service integration"),
        ("arn:aws:states:us-east-1:000000000000:activity:a", "Activity ARN"),
    ],
)
def test_an_express_machine_waits_for_nobody(resource: str, what: str) -> None:
    """localstack, test_sfn_api_express.snapshot.json::test_illegal_callbacks, ::test_illegal_activity_task."""
    state = {"Type": "Task", "Resource": resource, "Parameters": {}, "End": True}
    definition = {"StartAt": "A", "States": {"A": state}}

    assert [str(problem) for problem in problems(json.dumps(definition), "EXPRESS")] == [
        f"SCHEMA_VALIDATION_FAILED: Express state machine does not support {what} at /States/A/Resource"
    ]
    assert problems(json.dumps(definition)) == []
