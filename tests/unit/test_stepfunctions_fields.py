"""The fields of a state and of a definition: what Step Functions refuses, in the words measured on AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from greenlight.rehearsal.cloud.stepfunctions.definition import problems

SCHEMA = "SCHEMA_VALIDATION_FAILED: "
PASS = {"Type": "Pass", "End": True}
BRANCH = {"StartAt": "P", "States": {"P": PASS}}
WAITS = "[SecondsPath, Seconds, TimestampPath, Timestamp]"


def found(states: dict[str, Any], language: str = "JSONata") -> list[str]:
    definition = {"QueryLanguage": language, "StartAt": "A", "States": states}
    return [str(problem) for problem in problems(json.dumps(definition))]


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (
            {"Type": "Map", "End": True},
            "This object should have only one of the following fields: [ItemProcessor, Iterator] at /States/A",
        ),
        (
            {"Type": "Map", "ItemProcessor": BRANCH, "MaxConcurrency": -1, "End": True},
            "Minimum value is 0 at /States/A/MaxConcurrency",
        ),
        ({"Type": "Parallel", "Branches": [], "End": True}, "Value cannot be empty at /States/A/Branches"),
        (
            {"Type": "Wait", "End": True},
            f"This object should have only one of the following fields: {WAITS} at /States/A",
        ),
        (
            {"Type": "Wait", "Seconds": 1, "SecondsPath": "$.x", "End": True},
            f"There should only be one of the following fields: {WAITS} at /States/A",
        ),
        ({"Type": "Wait", "Seconds": "x", "End": True}, "Expected value of type Integer at /States/A/Seconds"),
        (
            {"Type": "Wait", "Timestamp": "soon", "End": True},
            "String does not match RFC3339 timestamp at /States/A/Timestamp",
        ),
        ({**PASS, "Next": "A"}, "There should only be one of the following fields: [Next, End] at /States/A"),
        ({**PASS, "Retry": []}, "Field 'Retry' is not supported at /States/A"),
        (
            {**PASS, "Output": 1},
            "The QueryLanguage is set to 'JSONPath', but field 'Output' "
            "is only supported for the 'JSONata' QueryLanguage at /States/A",
        ),
        ({**PASS, "InputPath": "x"}, "Value must be a valid JSONPath. at /States/A/InputPath"),
        ({**PASS, "ResultPath": "$.a[*]"}, "Value is not a Reference Path at /States/A/ResultPath"),
        (
            {**PASS, "Parameters": {"a": [{"b.$": "x"}]}},
            "The value for the field 'b.$' "
            "must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters",
        ),
        ({"Type": "Succeed", "Next": "A"}, "Field 'Next' is not supported at /States/A"),
        (
            {"Type": "Fail", "Error": "x", "ErrorPath": "$.e"},
            "There should only be one of the following fields: [Error, ErrorPath] at /States/A",
        ),
        ({"Type": "Task", "Resource": "gate", "End": True}, "Value is not a valid resource ARN at /States/A/Resource"),
        (
            {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True},
            "Parameters field is required for resource ARN: arn:aws:states:::sqs:sendMessage at /States/A/Resource",
        ),
        (
            {"Type": "Sleep"},
            "The field 'Type' should have one of these values: "
            "[Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/A/Type",
        ),
    ],
)
def test_a_state_in_jsonpath_is_refused_in_the_words_of_aws(state: dict[str, Any], problem: str) -> None:
    assert SCHEMA + problem in found({"A": state}, language="JSONPath")


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Map", "Iterator": BRANCH, "ItemsPath": "$.items", "MaxConcurrency": 0, "Next": "Z"},
        {"Type": "Wait", "Timestamp": "2030-01-01T00:00:00Z", "Next": "Z"},
        {
            "Type": "Pass",
            "ResultPath": None,
            "InputPath": "$$.Execution",
            "Parameters": {"a.$": "States.UUID()"},
            "Next": "Z",
        },
        {
            "Type": "Parallel",
            "Branches": [BRANCH],
            "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 0}],
            "Next": "Z",
        },
    ],
    ids=lambda state: str(state["Type"]),
)
def test_a_state_in_jsonpath_is_accepted(state: dict[str, Any]) -> None:
    assert found({"A": state, "Z": {"Type": "Fail", "ErrorPath": "States.UUID()"}}, language="JSONPath") == []


def test_the_names_of_states_and_variables_are_checked() -> None:
    twice = {"StartAt": "A", "States": {"A": PASS}}
    states = {"A": {"Type": "Parallel", "Branches": [twice], "Assign": {"states": 1, "1st": 2}, "End": True}}

    assert found(states) == [
        "DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/Branches[0]/States/A",
        "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/A/Assign",
        "INVALID_VARIABLE_NAME: Invalid variable name '1st': the variable name contains invalid characters."
        " at /States/A/Assign",
    ]


def test_a_definition_has_its_own_fields() -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}, "Retries": 1}

    assert [str(each) for each in problems(json.dumps(definition))] == [
        f"{SCHEMA}Field 'Retries' is not supported at /"
    ]
    assert [str(each) for each in problems(json.dumps({**definition, "QueryLanguage": "SQL"}))][1:] == [
        f"{SCHEMA}Value should be one of the following: [JSONPath, JSONata] at /QueryLanguage"
    ]
