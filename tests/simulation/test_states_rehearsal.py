"""The interpreter against the rehearsal's Step Functions: same machine, same answers, same course.

The two share no code but the check of definitions. A path is one sequence of answers to the machine's invocations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.simulation.states import rehearsal
from tests.simulation.states.lab import CONTEXT
from tests.simulation.states.machine import Around, Machine, Run
from tests.simulation.states.paths import Script, options, scripts
from tests.simulation.states.switch import definition

SAMPLE = 40
"""Of the paths with two unusual answers, one in so many is compared; with one such answer, all are."""

Course = tuple[list[tuple[str, Any, Any]], tuple[str, Any, Any], list[tuple[str, Any]], float]
"""Each state with its output and all variables after it; the end; the invocations; the time it took."""


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    rehearsal.prepare(monkeypatch)
    return monkeypatch


def around(script: Script) -> Around:
    return Around(script.invoke, script.sleep, lambda: script.time, lambda: 0.5)


def simulated(machine: Machine, script: Script) -> Course:
    run = Run(machine, script.input, CONTEXT)
    run.go(around(script))
    states, variables = [], dict[str, Any]()
    for visit in run.visits if run.status == "SUCCEEDED" else run.visits[:-1]:
        variables = {**variables, **visit.assigned}
        states.append((visit.state, visit.output, variables))
    ended = ("SUCCEEDED", run.output, None) if run.status == "SUCCEEDED" else (run.status, run.error, run.cause)
    return states, ended, script.calls, script.time


def rehearsed(patch: pytest.MonkeyPatch, machine: dict[str, Any], script: Script) -> Course:
    events, ended = rehearsal.run(patch, machine, script.input, around(script))
    states, variables = [], dict[str, Any]()
    for event in events:
        left = event.get("stateExitedEventDetails")
        if left is not None:
            assigned = {name: json.loads(value) for name, value in left.get("assignedVariables", {}).items()}
            variables = {**variables, **assigned}
            states.append((left["name"], json.loads(left["output"]), variables))
    return states, ended, script.calls, script.time


def test_the_interpreter_and_the_rehearsal_agree_on_every_path(patch: pytest.MonkeyPatch) -> None:
    asked = definition()
    machine, possible = Machine(asked), options()
    reached: set[str] = set()
    for number, script in enumerate(all_scripts(possible)):
        simulation = simulated(machine, script)
        reached.update(visit[0] for visit in simulation[0])
        if sum(map(bool, script.choices)) < 2 or number % SAMPLE == 0:
            again = Script(script.mode, script.debt, script.choices, possible)
            _same(simulation, rehearsed(patch, asked, again), script.choices)

    assert reached == set(asked["States"]) - {"Failed", "Unsettled"}


def all_scripts(possible: list[str]) -> Iterator[Script]:
    """One script for each path with up to two answers other than PASS. Each must have been run before the next."""
    paths = scripts(deviations=2)
    path = next(paths)
    with suppress(StopIteration):
        while True:
            script = Script(*path, possible)
            yield script
            path = paths.send(script.taken)


def _same(simulation: Course, rehearsal: Course, path: object) -> None:
    for ours, theirs in zip(simulation, rehearsal, strict=True):
        assert _comparable(ours) == _comparable(theirs), path


def _comparable(value: Any) -> str:
    """As JSON, in which true is not 1, and with one wording for an expression that gave nothing."""
    text = json.dumps(value, sort_keys=True)
    ours = re.sub(r"\w+\.\w+: the JSONata expression '([^']*)' returned nothing", r"nothing: \1", text)
    theirs = re.sub(r"An error occurred while executing [^.]*\. ", "", ours)
    nothing = r"The JSONata expression '([^']*)' specified for the field '[^']*' returned nothing \(undefined\)\."
    return re.sub(nothing, r"nothing: \1", theirs)
