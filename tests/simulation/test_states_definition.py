"""Definitions: what the interpreter does not know it refuses when it loads, so that no scenario passes by chance."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from traffic_switch import asl

from tests.simulation.states.errors import DefinitionError
from tests.simulation.states.lab import machine, task
from tests.simulation.states.machine import Machine

DONE = {"Type": "Succeed"}
BRANCH = {"StartAt": "Done", "States": {"Done": DONE}}


def one(**fields: Any) -> dict[str, Any]:
    return {"Only": {"Type": "Pass", "End": True, **fields}}


@pytest.mark.parametrize(
    ("states", "named"),
    [
        ({"Each": {"Type": "Map", "Items": [], "ItemProcessor": BRANCH, "End": True}}, "Map"),
        (
            {"Both": {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": DONE}}], "End": True}},
            "Parallel",
        ),
        ({"Work": task(HeartbeatSeconds=5)}, "HeartbeatSeconds"),
        ({"Work": {**task(), "Resource": "arn:aws:states:::sns:publish"}}, "sns:publish"),
        ({"Work": task(Arguments={"FunctionName": "work", "Qualifier": "1"})}, "Qualifier"),
        ({"Work": task(Retry=[{"ErrorEquals": ["A"], "Budget": 3}])}, "Budget"),
        ({"Work": task(TimeoutSeconds="{% $states.input %}")}, "TimeoutSeconds"),
        ({"Rest": {"Type": "Wait", "Timestamp": "2030-01-01T00:00:00Z", "End": True}}, "Timestamp"),
        (one(Output="{% $unset %}"), r"\$unset"),
        (one(Output="{% $states.result %}"), r"\$states\.result"),
        (one(Output="{% $states.errorOutput.Cause %}"), r"\$states\.errorOutput"),
        (one(Output="{% $states.context.Task.Token %}"), r"\$states\.context\.Task"),
        (one(Output="{% $states.input"), "leaves open"),
        (one(Output="{% 1 + %}"), "no JSONata"),
        (one(Next="Nowhere", End=None), "Nowhere"),
        ({"Work": {**task(), "Arguments": {"FunctionName": "${WorkFunctionArn}"}}}, "WorkFunctionArn"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(states: dict[str, Any], named: str) -> None:
    with pytest.raises(DefinitionError, match=named):
        machine(states)


def test_jsonpath_is_refused() -> None:
    with pytest.raises(DefinitionError, match="JSONata"):
        Machine({"StartAt": "Done", "States": {"Done": DONE}})


def test_a_substitution_for_no_placeholder_is_refused() -> None:
    with pytest.raises(DefinitionError, match="WorkFunctionArn"):
        Machine({"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": DONE}}, {"WorkFunctionArn": "x"})


def test_the_machine_of_the_switch_is_understood() -> None:
    definition = json.loads(asl.expand(asl.DEFINITION.read_text(), 3000))
    placeholders = set(re.findall(r"\$\{(\w+)\}", json.dumps(definition)))

    switch = Machine(definition, {name: name for name in placeholders})

    assert set(switch.states) == set(definition["States"])
    assert switch.timeout == 3000
