"""The histories of executions, event by event, as AWS writes them.

What is compared is recorded on AWS in localstack/localstack, tests/aws/services/stepfunctions/v2: the file is named in
each test. An event is (id, previousEventId, type).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.machine_lab import Lab, started_lab, task

pytestmark = pytest.mark.rehearsal

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:work"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def told(lab: Lab, name: str, states: dict[str, Any], data: object = None, **settings: Any) -> list[dict[str, Any]]:
    execution = lab.start(lab.machine(name, states, **settings), data)
    lab.ended(execution)
    return lab.history(execution)


def shape(events: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(event["id"], event["previousEventId"], event["type"]) for event in events]


def details(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(value for name, value in event.items() if name.endswith("Details"))
    return found


def test_an_integration_tells_its_parameters_and_a_timeout_without_a_cause(lab: Lab) -> None:
    """timeouts/test_timeouts.snapshot.json::test_fixed_timeout_service_lambda."""
    events = told(lab, "slow", {"Start": task({"sleep": 3}, TimeoutSeconds=1, End=True)})

    assert shape(events) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "TaskStateEntered"),
        (3, 2, "TaskScheduled"),
        (4, 3, "TaskStarted"),
        (5, 4, "TaskTimedOut"),
        (6, 5, "ExecutionFailed"),
    ]
    named = {"resourceType": "lambda", "resource": "invoke"}
    parameters = '{"FunctionName":"work","Payload":{"sleep":3}}'
    assert details(events[0]) == {"input": "{}", "inputDetails": {"truncated": False}, "roleArn": lab.role}
    assert details(events[2]) == {**named, "region": "us-east-1", "parameters": parameters, "timeoutInSeconds": 1}
    assert details(events[3]) == named
    assert details(events[4]) == {**named, "error": "States.Timeout"}
    assert details(events[5]) == {"error": "States.Timeout"}


def test_a_function_by_its_own_arn_has_events_of_its_own(lab: Lab) -> None:
    """error_handling/test_task_lambda.snapshot.json::test_raise_exception."""
    state = {"Type": "Task", "Resource": FUNCTION, "End": True}
    events = told(lab, "own", {"Start": state}, {"raise": "no"})

    assert [event["type"] for event in events[2:5]] == [
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionFailed",
    ]
    assert details(events[2]) == {"resource": FUNCTION, "input": '{"raise":"no"}', "inputDetails": {"truncated": False}}
    assert "lambdaFunctionStartedEventDetails" not in events[3]
    cause = json.loads(details(events[4])["cause"])
    assert list(cause) == ["errorMessage", "errorType", "requestId", "stackTrace"]


def test_a_map_tells_of_its_iterations_one_after_the_other(lab: Lab) -> None:
    """scenarios/test_base_scenarios.snapshot.json::test_map_state, test_map_state_items_eval_jsonata[singleton]."""
    processor = {"StartAt": "Item", "States": {"Item": {"Type": "Pass", "End": True}}}
    state = {"Type": "Map", "Items": [1, 2], "MaxConcurrency": 1, "ItemProcessor": processor, "End": True}
    events = told(lab, "each", {"Each": state})

    assert shape(events) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "MapStateEntered"),
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "MapIterationStarted"),
        (9, 8, "PassStateEntered"),
        (10, 9, "PassStateExited"),
        (11, 10, "MapIterationSucceeded"),
        (12, 11, "MapStateSucceeded"),
        (13, 11, "MapStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]
    assert (details(events[2]), details(events[7])) == ({"length": 2}, {"name": "Each", "index": 1})
    assert details(events[12])["output"] == "[1,2]"


def test_the_first_failure_of_a_map_aborts_the_other_iterations(lab: Lab) -> None:
    """timeouts/test_timeouts.snapshot.json::test_service_lambda_map_timeout."""
    states = {
        "Which": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 0 %}", "Next": "Late"}],
            "Default": "Rest",
        },
        "Late": {"Type": "Wait", "Seconds": 1, "Next": "Fail"},
        "Fail": {"Type": "Fail", "Error": "Broken"},
        "Rest": {"Type": "Wait", "Seconds": 60, "End": True},
    }
    state = {"Type": "Map", "Items": [1, 0], "ItemProcessor": {"StartAt": "Which", "States": states}, "End": True}
    events = told(lab, "some", {"Each": state})

    failed = events[-6]["id"]
    assert [event["type"] for event in events[3:5]] == ["MapIterationStarted"] * 2
    assert shape(events)[-6:] == [
        (failed, failed - 1, "FailStateEntered"),
        (failed + 1, failed, "MapIterationFailed"),
        (failed + 2, failed, "MapIterationAborted"),
        (failed + 3, failed, "WaitStateAborted"),
        (failed + 4, failed, "MapStateFailed"),
        (failed + 5, failed + 4, "ExecutionFailed"),
    ]
    assert details(events[-1]) == {"error": "Broken"}


def test_branches_follow_the_start_of_their_parallel_state(lab: Lab) -> None:
    """scenarios/test_base_scenarios.snapshot.json::test_parallel_state."""
    branch = {"StartAt": "Branch", "States": {"Branch": {"Type": "Pass", "End": True}}}
    states = {"Both": {"Type": "Parallel", "Branches": [branch], "End": True}}

    assert shape(told(lab, "both", states))[2:] == [
        (3, 2, "ParallelStateStarted"),
        (4, 3, "PassStateEntered"),
        (5, 4, "PassStateExited"),
        (6, 5, "ParallelStateSucceeded"),
        (7, 5, "ParallelStateExited"),
        (8, 7, "ExecutionSucceeded"),
    ]


def test_an_expression_that_fails_says_where(lab: Lab) -> None:
    """scenarios/test_base_scenarios.snapshot.json::test_map_state_items_variable_sampling."""
    processor = {"StartAt": "Item", "States": {"Item": {"Type": "Pass", "End": True}}}
    states = {
        "Start": {"Type": "Pass", "Assign": {"ItemsVar": {"foo": "bar"}}, "Next": "Each"},
        "Each": {"Type": "Map", "Items": "{% $ItemsVar %}", "ItemProcessor": processor, "End": True},
    }
    events = told(lab, "wrong-items", states)

    cause = (
        "An error occurred while executing the state 'Each' (entered at the event id #4). The JSONata expression"
        " '$ItemsVar' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was"
        ' \'object\' for value: {"foo":"bar"}'
    )
    error = {"error": "States.QueryEvaluationError", "cause": cause}
    assert shape(events)[3:] == [
        (4, 3, "MapStateEntered"),
        (5, 3, "EvaluationFailed"),
        (6, 5, "MapStateFailed"),
        (7, 6, "ExecutionFailed"),
    ]
    assert details(events[4]) == {**error, "location": "Items", "state": "Each"}
    assert details(events[6]) == error


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            task({"a": ["{% $states.input.missing %}"]}, End=True),
            "expression '$states.input.missing' specified for the field 'Arguments/Payload/a[0]' returned nothing",
        ),
        (
            {"Type": "Pass", "Output": {"v": "{% 1 + 'a' %}"}, "End": True},
            "specified for the field 'Output/v' threw an error during evaluation. T2002: ",
        ),
        (
            {"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "State"}]},
            "'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value",
        ),
    ],
    ids=["arguments", "output", "condition"],
)
def test_every_field_is_named_when_its_expression_fails(lab: Lab, state: dict[str, Any], said: str) -> None:
    """The words were measured on AWS by floci-io/floci (issues 2665 and 2736)."""
    states = {"State": state} if "End" in state else {"State": state, "Done": {"Type": "Succeed"}}
    if "Choices" in state:
        states["State"] = {**state, "Default": "Done"}
    events = told(lab, f"fails-{len(said)}", states)

    assert [event["type"] for event in events[2:]] == ["EvaluationFailed", "ExecutionFailed"]
    assert said in details(events[2])["cause"]


def test_a_choice_without_a_way_on_is_a_runtime_error(lab: Lab) -> None:
    """The words were measured on AWS by floci-io/floci (AslExecutor)."""
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "Done"}]}
    events = told(lab, "stuck", {"Which": choice, "Done": {"Type": "Succeed"}})

    assert shape(events)[1:] == [(2, 0, "ChoiceStateEntered"), (3, 0, "ExecutionFailed")]
    assert details(events[2]) == {
        "error": "States.Runtime",
        "cause": "An error occurred while executing the state 'Which' (entered at the event id #2). Failed to"
        " transition out of the state. The state does not point to a next state.",
    }


def test_a_task_that_returns_too_much_is_caught_by_states_all(lab: Lab) -> None:
    """error_handling/test_states_errors.snapshot.json::test_service_task_lambada_catch_state_all_..."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    role = lab.cloud.role("much", "lambda.amazonaws.com")
    lab.cloud.function("much", "def handle(event, context):\n    return 'x' * 300000\n", role)
    states = {
        "Much": {**task({}, Catch=catch, End=True), "Arguments": {"FunctionName": "much"}},
        "Caught": {"Type": "Succeed"},
    }
    events = told(lab, "much", states)

    cause = "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit."
    assert details(events[4])["cause"] == cause
    assert json.loads(details(events[-1])["output"]) == {"Error": "States.DataLimitExceeded", "Cause": cause}


def test_a_task_without_a_heartbeat_times_out_after_it_was_submitted(lab: Lab) -> None:
    """timeouts/test_heartbeats.snapshot.json::test_heartbeat_timeout."""
    state = {
        **task({"token": "{% $states.context.Task.Token %}"}, HeartbeatSeconds=1, TimeoutSeconds=60, End=True),
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    }
    events = told(lab, "silent", {"Wait": state})

    assert [event["type"] for event in events[2:]] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskTimedOut",
        "ExecutionFailed",
    ]
    scheduled = details(events[2])
    assert (scheduled["heartbeatInSeconds"], scheduled["timeoutInSeconds"]) == (1, 60)
    assert details(events[5]) == {
        "resourceType": "lambda",
        "resource": "invoke.waitForTaskToken",
        "error": "States.Timeout",
    }


def test_paths_assign_variables_and_a_path_to_nothing_fails(lab: Lab) -> None:
    """assign/test_assign_base.snapshot.json::test_base_cases[BASE_PATHS]; the AWS guide's own example of the cause."""
    states = {
        "Set": {"Type": "Pass", "Assign": {"kept.$": "$.x"}, "Next": "Use"},
        "Use": {"Type": "Pass", "Parameters": {"sum.$": "States.MathAdd($kept, $.x)"}, "Next": "Miss"},
        "Miss": {"Type": "Pass", "Parameters": {"a.$": "$.none"}, "End": True},
    }
    events = told(lab, "paths", states, {"x": 2}, QueryLanguage="JSONPath")

    assert details(events[2])["assignedVariables"] == {"kept": "2"}
    assert details(events[4])["output"] == '{"sum":4}'
    assert details(events[-1]) == {
        "error": "States.Runtime",
        "cause": "An error occurred while executing the state 'Miss' (entered at the event id #6). The JSONPath"
        " '$.none' specified for the field 'a.$' could not be found in the input '{\"sum\":4}'",
    }
