"""State machines in the local cloud: what they compute, what they do about errors, and what they leave behind."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.rehearsal.machine_lab import Lab, started_lab, task

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def test_a_machine_computes_waits_chooses_and_calls_functions(lab: Lab) -> None:
    states = {
        "Look": task({"round": "{% $states.input.round %}"}, Assign={"round": "{% $states.input.round %}"}, Next="Ask"),
        "Ask": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $round < 2 %}", "Next": "Pause", "Output": {"from": "rule"}}],
            "Default": "Done",
            "Output": {"rounds": "{% $round %}", "last": "{% $states.input.seen %}"},
        },
        "Pause": {
            "Type": "Wait",
            "Seconds": "{% $round - 1 %}",
            "Output": {"round": "{% $round + 1 %}"},
            "Next": "Look",
        },
        "Done": {"Type": "Succeed", "Output": {"answer": "{% $states.input %}"}},
    }

    result = lab.run("loop", states, {"round": 1})

    assert result["status"] == "SUCCEEDED"
    assert json.loads(result["output"]) == {"answer": {"rounds": 2, "last": {"round": 2}}}
    assert json.loads(result["input"]) == {"round": 1}


def test_variables_change_all_at_once(lab: Lab) -> None:
    states = {
        "Set": {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "Swap"},
        "Swap": {"Type": "Pass", "Assign": {"a": "{% $b %}", "b": "{% $a %}"}, "Next": "Show"},
        "Show": {"Type": "Pass", "Output": "{% [$a, $b] %}", "End": True},
    }

    assert json.loads(lab.run("swap", states)["output"]) == [2, 1]


def test_an_error_is_named_after_the_exception_and_its_cause_tells_where(lab: Lab) -> None:
    result = lab.run("raises", {"Gate": task({"raise": "0 of 2 healthy"}, End=True)})

    assert (result["status"], result["error"], result.get("output")) == ("FAILED", "GateClosedError", None)
    cause = json.loads(result["cause"])
    assert (cause["errorType"], cause["errorMessage"]) == ("GateClosedError", "0 of 2 healthy")
    assert cause["stackTrace"] == [
        '  File "/var/task/index.py", line 9, in handle\n    raise GateClosedError(event["raise"])\n'
    ]


def test_a_catch_sees_the_error_and_can_keep_it(lab: Lab) -> None:
    catch = {
        "ErrorEquals": ["States.ALL"],
        "Next": "Rollback",
        "Assign": {"reason": "{% $parse($states.errorOutput.Cause).errorMessage %}"},
        "Output": {"error": "{% $states.errorOutput.Error %}"},
    }
    states = {
        "Gate": task({"raise": "late"}, Catch=[catch], End=True),
        "Rollback": {
            "Type": "Pass",
            "Output": {"error": "{% $states.input.error %}", "reason": "{% $reason %}"},
            "End": True,
        },
    }

    assert json.loads(lab.run("catches", states)["output"]) == {"error": "GateClosedError", "reason": "late"}


def test_a_retry_by_name_runs_the_function_again(lab: Lab) -> None:
    retry = [{"ErrorEquals": ["GateClosedError"], "IntervalSeconds": 1, "MaxAttempts": 1, "MaxDelaySeconds": 2}]
    execution = lab.start(lab.machine("retries", {"Gate": task({"raise": "x"}, Retry=retry, End=True)}))

    assert lab.ended(execution)["status"] == "FAILED"
    kinds = [event["type"] for event in lab.history(execution)]
    assert kinds == [
        "ExecutionStarted",
        "TaskStateEntered",
        *["TaskScheduled", "TaskStarted", "TaskFailed"] * 2,
        "ExecutionFailed",
    ]


def test_the_attempts_of_one_entry_share_its_time(lab: Lab) -> None:
    payload = {
        "raise": "{% $string($states.context.State.RetryCount) & ' ' & $states.context.State.EnteredTime %}",
    }
    retry = [{"ErrorEquals": ["GateClosedError"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}]
    execution = lab.start(lab.machine("shared", {"Gate": task(payload, Retry=retry, End=True)}))
    lab.ended(execution)

    failed = [e["taskFailedEventDetails"] for e in lab.history(execution) if e["type"] == "TaskFailed"]
    counts, times = zip(*(json.loads(details["cause"])["errorMessage"].split() for details in failed), strict=True)
    assert counts == ("0", "1", "2")
    assert len(set(times)) == 1


def test_a_state_that_is_entered_again_begins_anew(lab: Lab) -> None:
    seen = {
        "attempt": "{% $states.context.State.RetryCount %}",
        "entered": "{% $states.context.State.EnteredTime %}",
    }
    again = {"Condition": "{% $exists($first) = false %}", "Next": "Pause", "Assign": {"first": "{% $states.input %}"}}
    states = {
        "Look": task(seen, Next="Again"),
        "Again": {"Type": "Choice", "Choices": [again], "Default": "End"},
        "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Look"},
        "End": {"Type": "Succeed", "Output": "{% [$first.seen, $states.input.seen] %}"},
    }

    first, second = json.loads(lab.run("anew", states)["output"])

    assert first["attempt"] == second["attempt"] == 0
    assert first["entered"] < second["entered"]


def test_nothing_catches_what_is_wrong_with_the_machine_itself(lab: Lab) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Hide"}]
    start = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "Arguments": {}}
    states = {"Broken": {**start, "Catch": catch, "End": True}, "Hide": {"Type": "Succeed"}}

    assert lab.run("broken", states)["error"] == "States.Runtime"


@pytest.mark.parametrize(("length", "character"), [(300_000, "x"), (140_000, "ü")], ids=["long", "wide"])
def test_too_much_data_ends_the_execution(lab: Lab, length: int, character: str) -> None:
    states = {"Much": {"Type": "Pass", "Output": f"{{% $pad('', {length}, '{character}') %}}", "End": True}}

    assert lab.run(f"much-{length}", states)["error"] == "States.DataLimitExceeded"


def test_the_history_tells_an_operator_what_happens(lab: Lab) -> None:
    states = {
        "Try": task({"raise": "no"}, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Which"}], End=True),
        "Which": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "Rest"}]},
        "Rest": {"Type": "Wait", "Seconds": 0, "Assign": {"rested": True}, "End": True},
    }
    execution = lab.start(lab.machine("told", states), {"n": 1})
    lab.ended(execution)
    events = lab.history(execution)

    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskFailed",
        "TaskStateExited",
        "ChoiceStateEntered",
        "ChoiceStateExited",
        "WaitStateEntered",
        "WaitStateExited",
        "ExecutionSucceeded",
    ]
    assert [event["id"] for event in events] == list(range(1, 12))
    assert [event["previousEventId"] for event in events] == [0, 0, *range(2, 11)]
    entered, failed = events[1]["stateEnteredEventDetails"], events[4]["taskFailedEventDetails"]
    assert (entered["name"], json.loads(entered["input"])) == ("Try", {"n": 1})
    assert (failed["error"], failed["resourceType"], failed["resource"]) == ("GateClosedError", "lambda", "invoke")
    assert json.loads(failed["cause"])["errorMessage"] == "no"
    assert events[9]["stateExitedEventDetails"]["assignedVariables"] == {"rested": "true"}
