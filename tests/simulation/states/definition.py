"""From a definition in the Amazon States Language to states. What is not understood is refused, never skipped."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.definition import problems
from tests.simulation.states.errors import DefinitionError
from tests.simulation.states.kinds import Choice, Fail, Leave, Plain, State, Task, Wait, passed_on
from tests.simulation.states.recovery import catcher, retrier
from tests.simulation.states.templates import Fill, Place, template

LAMBDA_INVOKE = "arn:aws:states:::lambda:invoke"
ALWAYS = {"Type", "Comment"}
LEAVES = {"Next", "End", "Output", "Assign"}
FIELDS: Mapping[str, set[str]] = {
    "Pass": LEAVES,
    "Wait": LEAVES | {"Seconds"},
    "Choice": {"Choices", "Default", "Output", "Assign"},
    "Succeed": {"Output"},
    "Fail": {"Error", "Cause"},
    "Task": LEAVES | {"Resource", "Arguments", "TimeoutSeconds", "Retry", "Catch"},
}
MACHINE_FIELDS = {"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds"}
RULE_FIELDS = {"Condition", "Next", "Output", "Assign", "Comment"}
CATCH_FIELDS = {"ErrorEquals", "Next", "Output", "Assign", "Comment"}
RETRY_FIELDS = {
    "ErrorEquals",
    "IntervalSeconds",
    "BackoffRate",
    "MaxAttempts",
    "MaxDelaySeconds",
    "JitterStrategy",
    "Comment",
}
RESULT = ("input", "context", "result")
CAUGHT = ("input", "context", "errorOutput")


def states(definition: Mapping[str, Any]) -> dict[str, State]:
    """Compile the states of a machine.

    Raises:
        DefinitionError: Step Functions would refuse it, or this interpreter does not know something in it.
    """
    found = "; ".join(map(str, problems(json.dumps(definition))))
    if found:
        raise DefinitionError(found)
    _only(definition, MACHINE_FIELDS, "the machine")
    if definition.get("QueryLanguage") != "JSONata":
        raise DefinitionError("QueryLanguage must be JSONata: JSONPath is not interpreted here")
    _seconds(definition, "the machine")
    reads: set[str] = set()
    made = {name: _State(name, state, reads).compiled() for name, state in definition["States"].items()}
    unset = reads - _set_somewhere(definition["States"])
    if unset:
        raise DefinitionError(f"no state assigns ${', $'.join(sorted(unset))}")
    return made


def _only(given: Mapping[str, Any], known: Collection[str], where: str) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise DefinitionError(f"{where}: {', '.join(unknown)} is not interpreted here; known are {sorted(known)}")


def _seconds(given: Mapping[str, Any], where: str) -> float:
    seconds = given.get("TimeoutSeconds", float("inf"))
    if isinstance(seconds, str) or seconds <= 0:
        raise DefinitionError(f"{where}: TimeoutSeconds is {seconds!r}; it must be a number above 0")
    return float(seconds)


def _set_somewhere(given: Mapping[str, Any]) -> set[str]:
    sources = [*given.values()]
    for state in given.values():
        sources += [*state.get("Choices", []), *state.get("Catch", [])]
    return {name for source in sources for name in source.get("Assign", {})}


class _State:
    """One state while it is compiled. `reads` collects the variables that its expressions use."""

    def __init__(self, name: str, given: Mapping[str, Any], reads: set[str]) -> None:
        self._name, self._given, self._reads = name, given, reads

    def compiled(self) -> State:
        kind = self._given["Type"]
        if kind not in FIELDS:
            raise DefinitionError(f"{self._name}: a {kind} state is not interpreted here; known are {sorted(FIELDS)}")
        _only(self._given, FIELDS[kind] | ALWAYS, self._name)
        make = {"Wait": self._wait, "Choice": self._choice, "Fail": self._fail, "Task": self._task}.get(kind)
        return make() if make else Plain(self._leave(self._given))

    def _place(self, field: str, members: Collection[str] = ("input", "context")) -> Place:
        return Place(f"{self._name}.{field}", members, self._reads)

    def _fill(self, field: str) -> Fill:
        return template(self._given[field], self._place(field))

    def _leave(self, given: Mapping[str, Any], members: Collection[str] = ("input", "context")) -> Leave:
        output = template(given["Output"], self._place("Output", members)) if "Output" in given else passed_on
        place = self._place("Assign", members)
        assign = {name: template(value, place) for name, value in given.get("Assign", {}).items()}
        return Leave(output, assign, given.get("Next", ""))

    def _wait(self) -> State:
        if "Seconds" not in self._given:
            raise DefinitionError(f"{self._name}: a Wait needs Seconds")
        return Wait(self._fill("Seconds"), self._leave(self._given))

    def _choice(self) -> State:
        rules = []
        for rule in self._given["Choices"]:
            _only(rule, RULE_FIELDS, f"{self._name}.Choices")
            text = rule["Condition"]
            rules.append((template(text, self._place("Condition")), str(text), self._leave(rule)))
        default = self._given.get("Default")
        return Choice(rules, self._leave({**self._given, "Next": default}) if default else None)

    def _fail(self) -> State:
        missing = {"Error", "Cause"} - set(self._given)
        if missing:
            raise DefinitionError(f"{self._name}: a Fail state needs {', '.join(sorted(missing))}")
        return Fail(self._fill("Error"), self._fill("Cause"))

    def _task(self) -> State:
        given = self._given
        if given["Resource"] != LAMBDA_INVOKE:
            raise DefinitionError(f"{self._name}: {given['Resource']} is not interpreted here; only {LAMBDA_INVOKE} is")
        arguments = given["Arguments"]
        _only(arguments, {"FunctionName", "Payload"}, f"{self._name}.Arguments")
        for rule in given.get("Retry", []):
            _only(rule, RETRY_FIELDS, f"{self._name}.Retry")
        for rule in given.get("Catch", []):
            _only(rule, CATCH_FIELDS, f"{self._name}.Catch")
        place = self._place("Arguments")
        return Task(
            function=template(arguments["FunctionName"], place),
            payload=template(arguments.get("Payload", {}), place),
            timeout=_seconds(given, self._name),
            retriers=[retrier(rule) for rule in given.get("Retry", [])],
            catchers=[catcher(rule, self._place("Catch", CAUGHT)) for rule in given.get("Catch", [])],
            leave=self._leave(given, RESULT),
        )
