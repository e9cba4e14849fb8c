"""What a failure within a Parallel or a Map state leaves in the history.

Recorded on AWS in radkawar/stackd, testdata/aws/stepfunctions/redrive_execution.json, and measured there by
floci-io/floci (AslExecutorBranchHistoryEventsTest). An event is (type, previousEventId); the first three are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.machine_lab import Lab, started_lab, task

pytestmark = pytest.mark.rehearsal

WRONG = "{% $states.input.missing %}"
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
DONE = {"Done": {"Type": "Succeed"}}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


def told(lab: Lab, name: str, state: dict[str, Any], **settings: Any) -> list[tuple[str, int]]:
    execution = lab.start(lab.machine(name, {"All": state, **DONE}, **settings))
    lab.ended(execution)
    return [(event["type"], event["previousEventId"]) for event in lab.history(execution)][3:]


def parallel(*states: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = {f"State {number}": {**state, "End": True} for number, state in enumerate(states)}
    branches = [{"StartAt": name, "States": {name: state}} for name, state in named.items()]
    return {"Type": "Parallel", "Branches": branches, "Next": "Done", **more}


def each(*items: int, **state: Any) -> dict[str, Any]:
    processor = {"StartAt": "State", "States": {"State": {**state, "End": True}}}
    return {"Type": "Map", "Items": list(items), "ItemProcessor": processor, "MaxConcurrency": 1, "Next": "Done"}


def test_a_task_that_failed_and_the_tasks_beside_it_are_aborted(lab: Lab) -> None:
    rest = {"Type": "Wait", "Seconds": 60}
    events = told(lab, "beside", parallel(task({"raise": "no"}), rest))

    failed = next(at for at, (kind, _) in enumerate(events, start=4) if kind == "TaskFailed")
    assert events[failed - 3 :] == [
        ("TaskStateAborted", failed),
        ("WaitStateAborted", failed),
        ("ParallelStateFailed", failed),
        ("ExecutionFailed", failed + 3),
    ]


def test_an_iteration_is_told_of_before_its_task(lab: Lab) -> None:
    assert told(lab, "iteration", each(1, 2, **task({"raise": "no"})))[-5:] == [
        ("TaskFailed", 7),
        ("MapIterationFailed", 8),
        ("TaskStateAborted", 8),
        ("MapStateFailed", 8),
        ("ExecutionFailed", 11),
    ]


def test_a_runtime_error_in_a_branch_ends_the_execution_without_more_words(lab: Lab) -> None:
    wrong = {"Type": "Pass", "Parameters": {"a.$": "$.missing"}}
    items = {**each(**wrong), "ItemsPath": "$$.Execution.Input.items"}
    del items["Items"]

    assert told(lab, "runtime", parallel(wrong), QueryLanguage="JSONPath") == [
        ("PassStateEntered", 3),
        ("ExecutionFailed", 4),
    ]
    execution = lab.start(lab.machine("runtimes", {"All": items, **DONE}, QueryLanguage="JSONPath"), {"items": [1, 2]})
    lab.ended(execution)
    assert [event["type"] for event in lab.history(execution)][3:] == [
        "MapIterationStarted",
        "PassStateEntered",
        "ExecutionFailed",
    ]


def test_a_wrong_expression_in_a_branch_aborts_nothing_and_can_be_caught(lab: Lab) -> None:
    wrong = {"Type": "Pass", "Output": WRONG}

    assert told(lab, "expression", parallel(wrong, Catch=CATCH))[:5] == [
        ("PassStateEntered", 3),
        ("EvaluationFailed", 4),
        ("ParallelStateFailed", 5),
        ("ParallelStateExited", 6),
        ("SucceedStateEntered", 7),
    ]
    assert told(lab, "item", each(1, 2, **wrong)) == [
        ("MapIterationStarted", 3),
        ("PassStateEntered", 4),
        ("EvaluationFailed", 5),
        ("MapIterationFailed", 6),
        ("MapStateFailed", 6),
        ("ExecutionFailed", 8),
    ]


def test_a_catcher_that_fails_itself_fails_the_state_again(lab: Lab) -> None:
    boom = {"Type": "Parallel", "Branches": [{"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "No"}}}]}
    catch = [{"ErrorEquals": ["Other"], "Next": "Done"}, {**CATCH[0], "Output": {"v": WRONG}}]
    state = {**boom, "Catch": catch, "Next": "Done"}

    assert told(lab, "catcher", state) == [
        ("FailStateEntered", 3),
        ("ParallelStateFailed", 4),
        ("EvaluationFailed", 4),
        ("ParallelStateFailed", 6),
        ("ExecutionFailed", 7),
    ]
    seen = lab.run("catcher-again", {"All": state, **DONE})
    assert "specified for the field 'Catch[1]/Output/v' returned nothing" in seen["cause"]
    assert seen["error"] == "States.QueryEvaluationError"
