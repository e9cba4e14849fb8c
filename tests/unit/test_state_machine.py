"""The ASL file, read as text: what can be known without running it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from greenlight.project import CHECKOUT

PACKAGE = CHECKOUT / "lambda" / "traffic_switch"
MACHINE: dict[str, Any] = json.loads((PACKAGE / "switch.asl.json").read_text())
STATES: dict[str, dict[str, Any]] = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
UNLOCKED = {"Lock", "Remove", "RollBack", "Respond"}


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


@pytest.mark.parametrize("name", sorted(set(TASKS) - UNLOCKED))
def test_every_phase_after_lock_rolls_back_on_any_error(name: str) -> None:
    assert [(catch["ErrorEquals"], catch["Next"]) for catch in TASKS[name]["Catch"]] == [(["States.ALL"], "RollBack")]


@pytest.mark.parametrize("name", sorted(set(STATES) - {"Unsettled", "Succeeded", "Failed", "HasSucceeded"}))
def test_every_path_ends_by_responding_or_unsettled(name: str) -> None:
    ends = {one for one in reachable(name) if not following(STATES[one])}

    assert ends <= {"Succeeded", "Failed", "Unsettled"}
    assert name == "Respond" or "Respond" in reachable(name)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_task_has_a_deadline_and_retries_what_lambda_loses(name: str) -> None:
    assert TASKS[name]["TimeoutSeconds"] > 0
    assert "Lambda.ServiceException" in TASKS[name]["Retry"][0]["ErrorEquals"]


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_task_calls_a_handler_that_exists(name: str) -> None:
    module = TASKS[name]["Arguments"]["FunctionName"].removeprefix("${").removesuffix("FunctionArn}").lower()

    assert (PACKAGE / "handlers" / f"{module}.py").is_file()


def test_the_machine_is_jsonata_throughout() -> None:
    assert MACHINE["QueryLanguage"] == "JSONata"
    assert "$." not in json.dumps(STATES).replace("$states.", "").replace("$switch.", "").replace("$failure.", "")


def test_nothing_writes_weights_but_shift_and_rollback() -> None:
    writers = [path.stem for path in (PACKAGE / "handlers").glob("*.py") if ".write(" in path.read_text()]

    assert sorted(writers) == ["rollback", "shift"]
