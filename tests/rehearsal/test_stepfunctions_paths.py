"""Paths of JSONPath states in the local cloud: what they refuse, in Step Functions' words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.machine_lab import Lab, started_lab

pytestmark = pytest.mark.rehearsal

WHERE = "An error occurred while executing the state 'A' (entered at the event id #2). "


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


@pytest.mark.parametrize(
    ("function", "given"),
    [("States.ArrayGetItem($.v, 9)", [1]), ("States.StringToJson($.v)", "{"), ("States.MathAdd($.v, 1)", "x")],
    ids=["index", "json", "number"],
)
def test_a_function_of_a_path_tells_of_its_invalid_arguments(lab: Lab, function: str, given: Any) -> None:
    states = {"A": {"Type": "Pass", "Parameters": {"found.$": function}, "End": True}}

    result = lab.run(_name(function), states, {"v": given}, QueryLanguage="JSONPath")

    told = f"The function '{function}' had the following error: Invalid arguments in {function.partition('(')[0]}"
    assert (result["error"], result["cause"]) == ("States.Runtime", WHERE + told)


@pytest.mark.parametrize(
    ("field", "given", "told"),
    [
        ("SecondsPath", "x", "cannot be parsed as a long value: $.v == x"),
        ("SecondsPath", 1.5, "cannot be parsed as a long value: $.v == 1.5"),
        ("SecondsPath", -1, "references a negative value: $.v == -1"),
        (
            "TimestampPath",
            "soon",
            "does not reference a valid ISO-8601 extended offset date-time format string: $.v == soon",
        ),
    ],
)
def test_a_wait_refuses_what_is_no_time(lab: Lab, field: str, given: Any, told: str) -> None:
    machine = lab.machine(
        _name(f"{field}{given}"), {"A": {"Type": "Wait", field: "$.v", "End": True}}, QueryLanguage="JSONPath"
    )
    execution = lab.start(machine, {"v": given})
    result = lab.ended(execution)

    assert (result["error"], result["cause"]) == ("States.Runtime", f"{WHERE}The {field} parameter {told}")
    assert [event["type"] for event in lab.history(execution)] == [
        "ExecutionStarted",
        "WaitStateEntered",
        "ExecutionFailed",
    ]


@pytest.mark.parametrize(
    ("path", "given"), [("$.a", [1]), ("$.a", "x"), ("$.a.b", {"a": 1}), ("$.a[1]", {"a": [1]})], ids=str
)
def test_a_result_path_must_have_room_in_the_input(lab: Lab, path: str, given: Any) -> None:
    states = {"A": {"Type": "Pass", "Result": 7, "ResultPath": path, "End": True}}

    result = lab.run(_name(f"{path}{given}"), states, given, QueryLanguage="JSONPath")

    told = f"Unable to apply ReferencePath {path} to input {json.dumps(given, separators=(',', ':'))}"
    assert (result["error"], result["cause"]) == ("States.ReferencePathConflict", told)


@pytest.mark.parametrize(
    ("path", "given", "output"),
    [
        ("$.a.b", {"c": 1}, {"a": {"b": 7}, "c": 1}),
        ("$.a[0]", {"a": [1, 2]}, {"a": [7, 2]}),
        ("$['a']", {}, {"a": 7}),
        (None, {"c": 1}, {"c": 1}),
        ("$", {"c": 1}, 7),
    ],
    ids=str,
)
def test_a_result_path_places_the_result(lab: Lab, path: str | None, given: Any, output: Any) -> None:
    states = {"A": {"Type": "Pass", "Result": 7, "ResultPath": path, "End": True}}

    result = lab.run(_name(f"places{path}"), states, given, QueryLanguage="JSONPath")

    assert json.loads(result["output"]) == output


def test_a_map_without_its_items_is_caught(lab: Lab) -> None:
    processor = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    catch = [{"ErrorEquals": ["States.ReferencePathConflict"], "Next": "Told"}]
    states = {
        "A": {"Type": "Map", "ItemsPath": "$.a.items", "ItemProcessor": processor, "Catch": catch, "End": True},
        "Told": {"Type": "Pass", "End": True},
    }

    result = lab.run("no-items", states, {"a": {"b": 1}}, QueryLanguage="JSONPath")

    assert json.loads(result["output"]) == {
        "Error": "States.ReferencePathConflict",
        "Cause": 'Unable to apply step "items" to input {"a":{"b":1}}',
    }


def _name(text: str) -> str:
    return re.sub(r"\W+", "-", text)
