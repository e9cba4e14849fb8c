"""How the compact definition of the state machine becomes the one that Step Functions takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from traffic_switch import asl

CATCHER = {"ErrorEquals": ["States.ALL"], "Assign": {"failure": {"phase": "<State>", "reason": "x"}}, "Next": "Back"}
DEFAULTS: dict[str, Any] = {
    "Task": {"TimeoutSeconds": 1, "Arguments": {"FunctionName": "<State>Arn", "Payload": {"a": 1}}, "Catch": [CATCHER]},
    "Choice": {"Choices": [{"Condition": "lost", "Next": "Respond"}]},
}
CHOICE = {"Type": "Choice", "Choices": [{"Condition": "passed", "Next": "End"}]}
DECIDED = {**CHOICE, "Default": "End"}


def expanded(**states: Any) -> dict[str, Any]:
    """The states of a machine that has these and one of each kind."""
    given = {"One": {"Type": "Task", "Next": "Two"}, "Two": CHOICE, **states}
    text = json.dumps({"StartAt": "One", "Defaults": DEFAULTS, "States": given})
    machine = json.loads(asl.expand(text, 77))
    assert {key: machine[key] for key in ("StartAt", "TimeoutSeconds")} == {"StartAt": "One", "TimeoutSeconds": 77}
    assert "Defaults" not in machine
    found: dict[str, Any] = machine["States"]
    return found


def test_a_task_inherits_every_default_with_its_own_name_in_it() -> None:
    assert expanded()["One"] == {
        "Type": "Task",
        "TimeoutSeconds": 1,
        "Arguments": {"FunctionName": "OneArn", "Payload": {"a": 1}},
        "Catch": [{**CATCHER, "Assign": {"failure": {"phase": "One", "reason": "x"}}}],
        "Next": "Two",
    }


def test_objects_are_merged_key_by_key_and_anything_else_stands() -> None:
    state = {"Type": "Task", "TimeoutSeconds": 9, "Arguments": {"Payload": {"b": 2}}, "Next": "Two"}
    task = expanded(One=state)["One"]

    assert task["TimeoutSeconds"] == 9
    assert task["Arguments"] == {"FunctionName": "OneArn", "Payload": {"a": 1, "b": 2}}


def test_a_word_in_place_of_an_object_stands() -> None:
    assert expanded(One={"Type": "Task", "Arguments": "none", "Next": "Two"})["One"]["Arguments"] == "none"


def test_an_object_in_place_of_a_word_stands() -> None:
    state = {"Type": "Task", "TimeoutSeconds": {"of": 1}, "Next": "Two"}

    assert expanded(One=state)["One"]["TimeoutSeconds"] == {"of": 1}


def test_a_catcher_takes_what_it_lacks_from_the_default() -> None:
    state = {"Type": "Task", "Next": "Two", "Catch": [{"ErrorEquals": ["Lost"]}, {"Next": "Respond"}]}
    first, second = expanded(One=state)["One"]["Catch"]

    assert (first["ErrorEquals"], first["Next"]) == (["Lost"], "Back")
    assert (second["ErrorEquals"], second["Next"]) == (["States.ALL"], "Respond")
    assert first["Assign"] == second["Assign"] == {"failure": {"phase": "One", "reason": "x"}}


def test_a_choice_without_a_default_gets_the_default_choices_after_its_own() -> None:
    assert expanded()["Two"] == {
        "Type": "Choice",
        "Choices": [{"Condition": "passed", "Next": "End"}, {"Condition": "lost", "Next": "Respond"}],
    }


def test_a_choice_with_a_default_is_as_it_says() -> None:
    assert expanded(Three=DECIDED)["Three"] == DECIDED


def test_a_state_of_a_type_without_defaults_is_as_it_says() -> None:
    assert expanded(End={"Type": "Succeed"})["End"] == {"Type": "Succeed"}


def test_a_task_without_a_successor_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the Task Lost names no successor: give it Next$"):
        expanded(Lost={"Type": "Task"})


def test_a_state_of_another_type_needs_no_successor() -> None:
    assert expanded(Idle={"Type": "Wait", "Seconds": 1})["Idle"] == {"Type": "Wait", "Seconds": 1}


def test_defaults_for_types_that_no_state_has_are_refused_by_name() -> None:
    text = json.dumps({"Defaults": {"Map": {}, "Fail": {}}, "States": {"End": {"Type": "Succeed"}}})

    with pytest.raises(ValueError, match=r"^defaults for Fail, Map, but no state is of that type$"):
        asl.expand(text, 1)


def test_the_definition_that_is_deployed_can_be_read_by_people() -> None:
    text = asl.expand(json.dumps({"Defaults": {}, "States": {}}), 5)

    assert text == '{\n  "TimeoutSeconds": 5,\n  "States": {}\n}'
