"""Redrives of executions, as recorded on AWS in radkawar/stackd, testdata/aws/stepfunctions/redrive_execution.json."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.machine_lab import Lab, started_lab, task

pytestmark = pytest.mark.rehearsal

FIRST = "$states.context.Execution.RedriveCount = 0"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def failed(lab: Lab, name: str, states: dict[str, Any], **settings: Any) -> str:
    execution = lab.start(lab.machine(name, states, **settings))
    lab.ended(execution)
    return execution


def redriven(lab: Lab, execution: str) -> list[tuple[str, int]]:
    """Redrive, and tell what came of it: (type, previousEventId)."""
    before = len(lab.history(execution))
    lab.states.redrive_execution(executionArn=execution)
    lab.ended(execution)
    return [(event["type"], event["previousEventId"]) for event in lab.history(execution)[before:]]


def test_a_task_is_scheduled_again_after_its_entering(lab: Lab) -> None:
    context = "{% {'state': $states.context.State, 'execution': $states.context.Execution} %}"
    states = {
        "Set": {"Type": "Pass", "Assign": {"kept": 7}, "Next": "Work"},
        "Work": task(
            {"raise": f"{{% {FIRST} ? 'no' : '' %}}", "kept": "{% $kept %}"},
            Output={"seen": "{% $states.result.Payload.seen %}", "context": context},
            End=True,
        ),
    }
    execution = failed(lab, "tasks", states)
    assert redriven(lab, execution) == [
        ("ExecutionRedriven", 8),
        ("TaskScheduled", 4),
        ("TaskStarted", 10),
        ("TaskSucceeded", 11),
        ("TaskStateExited", 12),
        ("ExecutionSucceeded", 13),
    ]

    seen = lab.states.describe_execution(executionArn=execution)
    output = json.loads(seen["output"])
    entered = lab.history(execution)[3]["timestamp"].isoformat(timespec="milliseconds")
    assert output["seen"]["kept"] == 7
    assert output["context"]["state"]["EnteredTime"][:19] == entered[:19]
    assert output["context"]["state"]["RetryCount"] == 0
    assert output["context"]["execution"]["RedriveCount"] == 1
    assert output["context"]["execution"]["RedriveTime"][:19] == seen["redriveDate"].isoformat()[:19]


def test_a_fail_state_fails_again_without_being_entered(lab: Lab) -> None:
    execution = failed(lab, "fails", {"No": {"Type": "Fail", "Error": "No"}})

    assert redriven(lab, execution) == [("ExecutionRedriven", 3), ("ExecutionFailed", 4)]


def test_a_machine_out_of_time_begins_its_time_anew(lab: Lab) -> None:
    states = {"Rest": {"Type": "Wait", "Seconds": f"{{% {FIRST} ? 60 : 0 %}}", "End": True}}
    execution = failed(lab, "times", states, TimeoutSeconds=1)
    last = lab.history(execution)[-1]
    assert (last["previousEventId"], last["executionTimedOutEventDetails"]) == (0, {"error": "States.Timeout"})
    assert "error" not in lab.states.describe_execution(executionArn=execution)

    assert redriven(lab, execution) == [("ExecutionRedriven", 3), ("WaitStateExited", 2), ("ExecutionSucceeded", 5)]


def test_a_token_stands_for_its_redrive(lab: Lab) -> None:
    execution = failed(lab, "tokens", {"Work": task({"raise": "no"}, End=True)})

    first = lab.states.redrive_execution(executionArn=execution, clientToken="a")["redriveDate"]
    lab.ended(execution)

    assert lab.states.redrive_execution(executionArn=execution, clientToken="a")["redriveDate"] == first
    assert lab.states.describe_execution(executionArn=execution)["redriveCount"] == 1
    lab.states.redrive_execution(executionArn=execution, clientToken="b")
    assert lab.ended(execution)["redriveCount"] == 2


def test_what_cannot_be_redriven_says_why(lab: Lab) -> None:
    execution = lab.start(lab.machine("good", {"Done": {"Type": "Succeed"}}))
    lab.ended(execution)

    with pytest.raises(ClientError) as refusal:
        lab.states.redrive_execution(executionArn=execution)

    assert refusal.value.response["Error"] == {
        "Code": "ExecutionNotRedrivable",
        "Message": f"Execution {execution} invalid for redrive as: Execution is SUCCEEDED and cannot be redriven",
    }


def test_what_was_stopped_takes_no_part_in_the_redrive(lab: Lab) -> None:
    states = {
        "Work": task({"sleep": f"{{% {FIRST} ? 1 : 0 %}}"}, Next="Rest"),
        "Rest": {"Type": "Wait", "Seconds": 2, "End": True},
    }
    execution = lab.start(lab.machine("stopped", states))
    eventually(lambda: any(event["type"] == "TaskStarted" for event in lab.history(execution)))
    lab.states.stop_execution(executionArn=execution)

    lab.states.redrive_execution(executionArn=execution)
    time.sleep(1.5)
    assert lab.states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    lab.states.stop_execution(executionArn=execution)

    kinds = [event["type"] for event in lab.history(execution)]
    assert kinds.count("TaskSucceeded") == kinds.count("WaitStateEntered") == 1
    assert kinds[-1] == "ExecutionAborted"
