"""Executions in the local cloud: each begins once and ends once, by itself, out of time or stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.machine_lab import Lab, started_lab, task

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def test_a_task_that_takes_too_long_is_a_timeout_that_can_be_caught(lab: Lab) -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Late"}]
    states = {
        "Slow": task({"sleep": 3}, TimeoutSeconds=1, Catch=catch, End=True),
        "Late": {"Type": "Succeed", "Output": "late"},
    }
    execution = lab.start(lab.machine("slow", states))

    assert json.loads(lab.ended(execution)["output"]) == "late"
    assert "TaskTimedOut" in [event["type"] for event in lab.history(execution)]


def test_a_task_out_of_time_has_an_empty_cause(lab: Lab) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught", "Assign": {"why": "{% $states.errorOutput %}"}}]
    states = {
        "Slow": task({"sleep": 3}, TimeoutSeconds=1, Catch=catch, End=True),
        "Caught": {"Type": "Succeed", "Output": "{% $why %}"},
    }

    assert json.loads(lab.run("causeless", states)["output"]) == {"Error": "States.Timeout", "Cause": ""}


def test_a_function_goes_on_when_its_execution_is_stopped(lab: Lab) -> None:
    execution = lab.start(lab.machine("deaf", {"Slow": task({"sleep": 1, "say": "still here"}, End=True)}))
    eventually(lambda: any(event["type"] == "TaskStarted" for event in lab.history(execution)))

    lab.states.stop_execution(executionArn=execution)

    assert "still here" not in lab.said()
    assert eventually(lambda: "still here" in lab.said())
    assert lab.states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_an_execution_can_be_stopped_in_a_state_and_the_next_one_goes_on(lab: Lab) -> None:
    machine = lab.machine("hit", {"First": task({}, Next="Second"), "Second": task({"sleep": 0.5}, End=True)})
    lab.cloud.control("stops", {"state": "Second", "cause": "on purpose"})

    stopped, spared = (lab.ended(lab.start(machine)) for _ in range(2))

    assert (stopped["status"], stopped["cause"]) == ("ABORTED", "on purpose")
    entered = [
        e["stateEnteredEventDetails"]["name"] for e in lab.history(stopped["executionArn"]) if "Entered" in e["type"]
    ]
    assert entered == ["First", "Second"]
    assert spared["status"] == "SUCCEEDED"


def test_a_machine_out_of_time_enters_no_further_state(lab: Lab) -> None:
    states = {
        "Sleep": {"Type": "Wait", "Seconds": 60, "Next": "Never"},
        "Never": {"Type": "Succeed"},
    }
    begun = time.monotonic()
    execution = lab.start(lab.machine("late", states, TimeoutSeconds=1))

    assert lab.ended(execution)["status"] == "TIMED_OUT"
    assert time.monotonic() - begun < 3
    assert [event["type"] for event in lab.history(execution)][-2:] == ["WaitStateEntered", "ExecutionTimedOut"]


def test_a_stopped_execution_ends_at_once_and_stays_ended(lab: Lab) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 9}]
    execution = lab.start(lab.machine("stopped", {"Gate": task({"raise": "x"}, Retry=retry, End=True)}))
    eventually(lambda: any(event["type"] == "TaskFailed" for event in lab.history(execution)))

    lab.states.stop_execution(executionArn=execution, error="Operator", cause="abort")

    seen = lab.states.describe_execution(executionArn=execution)
    assert (seen["status"], seen["error"], seen["cause"]) == ("ABORTED", "Operator", "abort")
    time.sleep(0.2)
    assert lab.history(execution)[-1]["type"] == "ExecutionAborted"


def test_a_stop_in_the_middle_of_a_task_is_not_overruled_by_its_result(lab: Lab) -> None:
    execution = lab.start(lab.machine("midway", {"Slow": task({"sleep": 0.5}, End=True)}))
    eventually(lambda: any(event["type"] == "TaskStarted" for event in lab.history(execution)))

    lab.states.stop_execution(executionArn=execution)
    time.sleep(0.8)

    assert lab.states.describe_execution(executionArn=execution)["status"] == "ABORTED"
    assert lab.history(execution)[-1]["type"] == "ExecutionAborted"


def test_the_same_name_and_input_are_the_same_execution_while_it_runs(lab: Lab) -> None:
    machine = lab.machine("named", {"Rest": {"Type": "Wait", "Seconds": 60, "End": True}})
    first = lab.start(machine, {"n": 1}, name="switch-1")

    assert lab.start(machine, {"n": 1}, name="switch-1") == first
    with pytest.raises(lab.states.exceptions.ExecutionAlreadyExists):
        lab.start(machine, {"n": 2}, name="switch-1")
    lab.states.stop_execution(executionArn=first)
    with pytest.raises(lab.states.exceptions.ExecutionAlreadyExists):
        lab.start(machine, {"n": 1}, name="switch-1")


def test_names_and_input_are_checked_at_the_start(lab: Lab) -> None:
    machine = lab.machine("checked", {"End": {"Type": "Succeed"}})

    with pytest.raises(lab.states.exceptions.InvalidName):
        lab.start(machine, name="no spaces")
    with pytest.raises(lab.states.exceptions.InvalidExecutionInput):
        lab.states.start_execution(stateMachineArn=machine, input="{")


def waiting(**more: Any) -> dict[str, Any]:
    """A task whose function hands its token back to nobody."""
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    given = {"token": "{% $states.context.Task.Token %}"}
    return {**task(given, HeartbeatSeconds=1, TimeoutSeconds=60, **more), "Resource": resource}


def test_a_missing_heartbeat_is_caught_by_its_own_name(lab: Lab) -> None:
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Unheard", "Output": "{% $states.errorOutput %}"}]
    states = {"Call": waiting(Catch=catch, End=True), "Unheard": {"Type": "Pass", "End": True}}

    result = lab.run("unheard", states)

    assert json.loads(result["output"]) == {"Error": "States.Timeout", "Cause": ""}


def test_a_heartbeat_keeps_a_task_alive(lab: Lab) -> None:
    execution = lab.start(lab.machine("heard", {"Call": waiting(End=True)}))
    eventually(lambda: any(event["type"] == "TaskSubmitted" for event in lab.history(execution)))
    asked = json.loads(lab.history(execution)[2]["taskScheduledEventDetails"]["parameters"])
    token = asked["Payload"]["token"]

    for _ in range(8):
        time.sleep(0.25)
        lab.states.send_task_heartbeat(taskToken=token)
    lab.states.send_task_success(taskToken=token, output='{"Payload": 7}')

    assert lab.ended(execution)["output"] == "7"
