"""The definition, read as text: what can be known without running it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from traffic_switch import asl
from traffic_switch.handlers import respond

from greenlight.project import CHECKOUT

PACKAGE = CHECKOUT / "lambda" / "traffic_switch"
COMPACT = asl.DEFINITION.read_text()
MACHINE: dict[str, Any] = json.loads(asl.expand(COMPACT, 3000))
STATES: dict[str, dict[str, Any]] = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
CLOSED_BY_SETTLE = {"Lock", "Remove", "RollBack", "Respond"}
VERDICTS = {name: state for name, state in STATES.items() if "verdict" in json.dumps(state.get("Choices", ""))}


def following(state: dict[str, Any]) -> set[str]:
    """The states that one may lead to."""
    nexts = [state.get("Next"), state.get("Default")]
    nexts += [one["Next"] for key in ("Choices", "Catch") for one in state.get(key, [])]
    return {name for name in nexts if name}


def reachable(start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += following(STATES[name])
    return seen


def test_every_state_can_be_reached() -> None:
    assert reachable(MACHINE["StartAt"]) == set(STATES)


@pytest.mark.parametrize("name", sorted(set(TASKS) - CLOSED_BY_SETTLE))
def test_every_phase_after_lock_rolls_back_on_any_error(name: str) -> None:
    assert [(catch["ErrorEquals"], catch["Next"]) for catch in TASKS[name]["Catch"]] == [(["States.ALL"], "RollBack")]


@pytest.mark.parametrize("name", sorted(CLOSED_BY_SETTLE))
def test_what_only_the_settling_function_can_close_ends_the_execution(name: str) -> None:
    assert [(catch["ErrorEquals"], catch["Next"]) for catch in TASKS[name]["Catch"]] == [(["States.ALL"], "Unsettled")]


@pytest.mark.parametrize("name", sorted(set(STATES) - {"Unsettled", "Succeeded", "Failed", "HasSucceeded"}))
def test_every_path_ends_by_responding_or_unsettled(name: str) -> None:
    ends = {one for one in reachable(name) if not following(STATES[one])}

    assert ends <= {"Succeeded", "Failed", "Unsettled"}
    assert name == "Respond" or "Respond" in reachable(name)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_task_has_a_deadline_and_retries_what_lambda_and_boto3_lose(name: str) -> None:
    retried = {error for retrier in TASKS[name]["Retry"] for error in retrier["ErrorEquals"]}

    assert TASKS[name]["TimeoutSeconds"] > 0
    assert {"Lambda.ServiceException", "Lambda.TooManyRequestsException", "Sandbox.Timedout"} <= retried
    assert {"Lambda.ClientExecutionTimeoutException", "States.Timeout"} <= retried
    assert {"AwsCallError", "JournalAwayError"} <= retried


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_task_calls_a_handler_that_exists(name: str) -> None:
    module = TASKS[name]["Arguments"]["FunctionName"].removeprefix("${").removesuffix("FunctionArn}").lower()

    assert (PACKAGE / "handlers" / f"{module}.py").is_file()


@pytest.mark.parametrize("name", sorted(set(VERDICTS) - {"HasSucceeded"}))
def test_a_switch_that_lost_its_lock_answers_what_was_decided(name: str) -> None:
    lost = [choice["Next"] for choice in VERDICTS[name]["Choices"] if "'LOST'" in choice["Condition"]]

    assert lost == ["Respond"]


@pytest.mark.parametrize("name", sorted(set(VERDICTS) - {"HasSucceeded"}))
def test_every_failed_judgment_rolls_back(name: str) -> None:
    failed = [choice["Next"] for choice in VERDICTS[name]["Choices"] if "'FAIL'" in choice["Condition"]]

    assert failed == ["RollBack"]


@pytest.mark.parametrize("name", sorted(set(TASKS) - {"RollBack"}))
def test_a_failure_carries_the_name_of_its_phase(name: str) -> None:
    assert TASKS[name]["Assign"]["failure"]["phase"] == name
    assert all(catch["Assign"]["failure"]["phase"] == name for catch in TASKS[name]["Catch"])


def test_a_rollback_keeps_the_failure_that_it_is_for() -> None:
    assert TASKS["RollBack"]["Assign"]["failure"] == "{% $failure %}"


def test_only_a_shift_that_ran_once_and_is_sure_of_its_write_counts_as_clean() -> None:
    expected = "{% $states.context.State.RetryCount = 0 and $states.result.Payload.clean %}"

    assert TASKS["Shift"]["Assign"]["clean"] == expected
    assert STATES["Begin"]["Assign"]["clean"] is False


def test_the_machine_is_jsonata_throughout() -> None:
    assert MACHINE["QueryLanguage"] == "JSONata"


def test_the_machine_has_the_deadline_that_it_is_given() -> None:
    assert MACHINE["TimeoutSeconds"] == 3000


def test_the_file_says_each_retry_once() -> None:
    assert COMPACT.count('"Retry"') == 1


def test_a_task_without_a_successor_is_refused() -> None:
    text = json.dumps({"Defaults": {}, "States": {"Lost": {"Type": "Task"}}})

    with pytest.raises(ValueError, match="the Task Lost names no successor"):
        asl.expand(text, 1)


def test_a_default_for_a_type_that_no_state_has_is_refused() -> None:
    text = json.dumps({"Defaults": {"Map": {}}, "States": {"End": {"Type": "Succeed"}}})

    with pytest.raises(ValueError, match="defaults for Map"):
        asl.expand(text, 1)


def test_what_a_state_says_itself_stands() -> None:
    defaults = {"Task": {"TimeoutSeconds": 1, "Arguments": {"Payload": 1, "FunctionName": "<State>"}}}
    state = {"Type": "Task", "TimeoutSeconds": 2, "Arguments": {"Payload": 3}, "Next": "End"}
    text = json.dumps({"Defaults": defaults, "States": {"One": state}})

    expanded = json.loads(asl.expand(text, 1))["States"]["One"]

    assert expanded["TimeoutSeconds"] == 2
    assert expanded["Arguments"] == {"Payload": 3, "FunctionName": "One"}


def test_three_modules_write_the_rule_and_no_handler_does() -> None:
    words = (".change(", ".rewrite(", ".create(", ".delete(")
    writers = [path.stem for path in PACKAGE.glob("*.py") if any(word in path.read_text() for word in words)]
    handlers = [path.stem for path in (PACKAGE / "handlers").glob("*.py") if any(w in path.read_text() for w in words)]

    assert sorted(writers) == ["emergency", "rule_writing", "taking_back"]
    assert handlers == []


def test_the_physical_id_of_a_service_never_changes() -> None:
    assert respond.physical_id("shop") == "greenlight-release-shop"
