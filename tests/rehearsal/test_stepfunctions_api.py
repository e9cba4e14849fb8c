"""What clients of Step Functions are answered: members, codes and messages, as recorded on AWS.

Source: localstack/localstack, tests/aws/services/stepfunctions/v2/test_sfn_api.snapshot.json, unless a test says more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.machine_lab import Lab, started_lab, task

pytestmark = pytest.mark.rehearsal

DONE = {"Done": {"Type": "Succeed"}}
REST = {"Rest": {"Type": "Wait", "Seconds": 60, "End": True}}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


@pytest.fixture(scope="module")
def resting(lab: Lab) -> str:
    return lab.machine("resting", REST)


def refused(lab: Lab, operation: str, **request: Any) -> tuple[str, str]:
    client = lab.cloud.client("stepfunctions", inject_host_prefix=False)
    with pytest.raises(ClientError) as refusal:
        getattr(client, operation)(**request)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def members(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata" and not name.endswith("Date")}


def test_an_execution_is_described_with_its_redrive(lab: Lab, resting: str) -> None:
    execution = lab.start(resting, {"n": 1}, name="described")
    known = {"executionArn": execution, "stateMachineArn": resting, "name": "described", "redriveCount": 0}

    running = members(lab.states.describe_execution(executionArn=execution))
    lab.states.stop_execution(executionArn=execution, error="Operator")
    stopped = members(lab.states.describe_execution(executionArn=execution))

    given = {**known, "input": '{"n": 1}', "inputDetails": {"included": True}}
    reason = "Execution is RUNNING and cannot be redriven"
    no = {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    assert running == {**given, "status": "RUNNING", **no}
    assert stopped == {**given, "status": "ABORTED", "error": "Operator", "redriveStatus": "REDRIVABLE"}
    listed = lab.states.list_executions(stateMachineArn=resting, statusFilter="ABORTED")["executions"]
    assert [members(item) for item in listed] == [{**known, "status": "ABORTED"}]
    assert "stopDate" in listed[0]


def test_an_aborted_execution_is_told_without_what_was_not_given(lab: Lab, resting: str) -> None:
    execution = lab.start(resting)
    stopped = lab.states.stop_execution(executionArn=execution)["stopDate"]

    assert lab.states.stop_execution(executionArn=execution)["stopDate"] == stopped
    last = lab.history(execution)[-1]
    assert (last["previousEventId"], last["executionAbortedEventDetails"]) == (0, {})


@pytest.mark.parametrize(
    ("operation", "request_", "code", "message"),
    [
        ("start_execution", {"name": "a b"}, "InvalidName", "Invalid Name: 'a b'"),
        (
            "start_execution",
            {"name": "a" * 81},
            "ValidationException",
            f"1 validation error detected: Value '{'a' * 81}' at 'name' failed to satisfy constraint: Member must have"
            " length less than or equal to 80",
        ),
        (
            "start_execution",
            {"input": "not json"},
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting (JSON String, Number,"
            " Array, Object or token 'null', 'true' or 'false')'",
        ),
        (
            "start_execution",
            {"input": "{'a': 1}"},
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Unexpected character (''' (code 39)): was expecting double-quote"
            " to start field name'",
        ),
        (
            "start_execution",
            {"input": ""},
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Invalid execution input.'",
        ),
        (
            "list_executions",
            {"statusFilter": "succeeded"},
            "ValidationException",
            "1 validation error detected: Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must"
            " satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
        ),
        (
            "list_executions",
            {"maxResults": 1001},
            "ValidationException",
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have"
            " value less than or equal to 1000",
        ),
        (
            "update_state_machine",
            {},
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be"
            " specified",
        ),
        (
            "start_sync_execution",
            {},
            "StateMachineTypeNotSupported",
            "This operation is not supported by this type of state machine",
        ),
    ],
)
def test_a_request_is_refused_in_these_words(
    lab: Lab, resting: str, operation: str, request_: dict[str, Any], code: str, message: str
) -> None:
    assert refused(lab, operation, stateMachineArn=resting, **request_) == (code, message)


def test_what_is_not_there_is_named_and_what_is_no_arn_too(lab: Lab, resting: str) -> None:
    missing = resting + "x"
    execution = missing.replace("stateMachine", "execution") + ":1"

    assert refused(lab, "start_execution", stateMachineArn=missing) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{missing}'",
    )
    assert refused(lab, "describe_execution", executionArn=execution) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{execution}'",
    )
    assert refused(lab, "describe_execution", executionArn="none") == (
        "InvalidArn",
        "Invalid Arn: 'Invalid ARN prefix: none'",
    )
    assert members(lab.states.delete_state_machine(stateMachineArn=missing)) == {}


def test_a_machine_has_a_revision_once_it_was_updated(lab: Lab) -> None:
    arn = lab.machine("revised", DONE)
    definition = json.dumps({"StartAt": "Rest", "States": REST})
    created = lab.states.describe_state_machine(stateMachineArn=arn)

    first = lab.states.update_state_machine(stateMachineArn=arn, definition=definition)["revisionId"]
    same = lab.states.update_state_machine(stateMachineArn=arn, definition=definition)["revisionId"]

    assert "revisionId" not in created
    assert created["tracingConfiguration"] == {"enabled": False}
    assert created["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert lab.states.describe_state_machine(stateMachineArn=arn)["revisionId"] == first == same
    code, message = refused(lab, "create_state_machine", name="revised", roleArn=lab.role, definition='{"StartAt":1}')
    assert (code, message.startswith("Invalid State Machine Definition:")) == ("InvalidDefinition", True)


def test_an_execution_keeps_the_definition_that_it_began_with(lab: Lab) -> None:
    arn = lab.machine("kept", REST)
    execution = lab.start(arn)
    lab.states.update_state_machine(stateMachineArn=arn, definition=json.dumps({"StartAt": "Done", "States": DONE}))

    answer = lab.states.describe_state_machine_for_execution(executionArn=execution)

    assert list(json.loads(answer["definition"])["States"]) == ["Rest"]
    assert (answer["name"], answer["tracingConfiguration"]) == ("kept", {"enabled": False})
    lab.states.stop_execution(executionArn=execution)


def test_a_redrive_goes_on_from_the_state_that_failed(lab: Lab) -> None:
    """Step Functions guide, "Restarting state machine executions with redrive"."""
    states = {
        "Set": {"Type": "Pass", "Assign": {"kept": 7}, "Next": "Work"},
        "Work": task(
            {"raise": "{% $states.context.Execution.RedriveCount = 0 ? 'no' : '' %}", "kept": "{% $kept %}"}, End=True
        ),
    }
    execution = lab.start(lab.machine("redriven", states))
    lab.ended(execution)

    lab.states.redrive_execution(executionArn=execution)
    seen = lab.ended(execution)

    assert (seen["status"], seen["redriveCount"], json.loads(seen["output"])["seen"]["kept"]) == ("SUCCEEDED", 1, 7)
    assert "redriveDate" in seen
    assert [event["type"] for event in lab.history(execution)][-6:] == [
        "ExecutionRedriven",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert refused(lab, "redrive_execution", executionArn=execution)[0] == "ExecutionNotRedrivable"


def test_history_comes_in_pages_backward_and_without_data(lab: Lab) -> None:
    execution = lab.start(lab.machine("paged", {"A": {"Type": "Pass", "Next": "Done"}, **DONE}))
    lab.ended(execution)
    ask = lab.states.get_execution_history

    first = ask(executionArn=execution, maxResults=4, reverseOrder=True)
    rest = ask(executionArn=execution, maxResults=4, reverseOrder=True, nextToken=first["nextToken"])
    bare = ask(executionArn=execution, includeExecutionData=False)["events"]

    assert [event["id"] for event in first["events"] + rest["events"]] == [6, 5, 4, 3, 2, 1]
    assert "nextToken" not in rest
    assert bare[1]["stateEnteredEventDetails"] == {"name": "A"}


@pytest.mark.parametrize(
    ("definition", "kind", "diagnostic"),
    [
        ("{}", "STANDARD", {"location": "/", "message": "These fields are required: [States, StartAt]"}),
        ("[]", "STANDARD", {"message": "Definition must be a valid JSON object"}),
        (
            {
                "QueryLanguage": "JSONata",
                "StartAt": "A",
                "States": {"A": {"Type": "Pass", "QueryLanguage": "JSONPath"}},
            },
            "STANDARD",
            {
                "location": "/States/A",
                "message": "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
            },
        ),
        (
            {
                "StartAt": "A",
                "States": {
                    "A": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                        "Parameters": {},
                        "End": True,
                    }
                },
            },
            "EXPRESS",
            {
                "location": "/States/A/Resource",
                "message": "Express state machine does not support '.waitForTaskToken' service integration ",
            },
        ),
    ],
    ids=["empty", "list", "downgrade", "express"],
)
def test_a_definition_is_validated_in_these_words(
    lab: Lab, definition: str | dict[str, Any], kind: str, diagnostic: dict[str, str]
) -> None:
    """test_sfn_api_validation.snapshot.json."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    answer = lab.states.validate_state_machine_definition(definition=text, type=kind)

    found = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", **diagnostic}
    assert answer["diagnostics"][0] == found
    assert (answer["result"], answer["truncated"]) == ("FAIL", False)


def test_an_express_execution_is_answered_at_once_and_cannot_be_asked_about(lab: Lab) -> None:
    """test_sfn_api_express.snapshot.json."""
    definition = json.dumps({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
    express = {"roleArn": lab.role, "type": "EXPRESS"}
    machine = lab.states.create_state_machine(name="express", definition=definition, **express)["stateMachineArn"]
    client = lab.cloud.client("stepfunctions", inject_host_prefix=False)

    answer = client.start_sync_execution(stateMachineArn=machine, name="one", input='{"n":1}')
    again = lab.states.start_execution(stateMachineArn=machine, name="one")["executionArn"]

    prefix = machine.replace("stateMachine", "express") + ":one:"
    assert all(arn.startswith(prefix) for arn in (answer["executionArn"], again))
    assert members(answer) == {
        "billingDetails": {"billedDurationInMilliseconds": 100, "billedMemoryUsedInMB": 64},
        "executionArn": answer["executionArn"],
        "input": '{"n":1}',
        "inputDetails": {"included": True},
        "name": "one",
        "output": '{"n":1}',
        "outputDetails": {"included": True},
        "stateMachineArn": machine,
        "status": "SUCCEEDED",
    }
    invalid = ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
    for operation in ("describe_execution", "stop_execution", "get_execution_history", "redrive_execution"):
        assert refused(lab, operation, executionArn=again) == invalid
    unsupported = ("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
    assert refused(lab, "list_executions", stateMachineArn=machine) == unsupported
