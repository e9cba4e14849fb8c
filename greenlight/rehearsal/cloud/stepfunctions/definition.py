"""What CreateStateMachine refuses in a definition, in Step Functions' own codes, messages and order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions import json_errors
from greenlight.rehearsal.cloud.stepfunctions.fields import field_problems

Definition = Mapping[str, Any]
MISSING_TARGET = "MISSING_TRANSITION_TARGET"
SCHEMA = "SCHEMA_VALIDATION_FAILED"
FIELDS = frozenset({"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"})
LANGUAGES = ("JSONPath", "JSONata")
_VARIABLE = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a definition, and the place in it."""

    code: str
    message: str
    location: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" at {self.location}" if self.location else "")


def problems(text: str, kind: str = "STANDARD") -> list[Problem]:
    """Everything that keeps a definition from becoming a state machine of this kind."""
    invalid = json_errors.problem(text)
    definition = None if invalid else json.loads(text)
    if invalid and invalid.message:
        place = f'[Source: (String)"{text}"; line: 1, column: {invalid.position + 1}]'
        return [Problem("INVALID_JSON_DESCRIPTION", f"{invalid.message}\n at {place}", place)]
    if not isinstance(definition, dict):
        return [Problem(SCHEMA, "Definition must be a valid JSON object")]
    found = list(_whole(definition))
    return found + list(_not_in_express(definition, "")) if kind == "EXPRESS" and not found else found


def _whole(definition: Definition) -> Iterator[Problem]:
    """A definition's own fields, the names of all its states, and its states."""
    for name in definition:
        if name not in FIELDS:
            yield Problem(SCHEMA, f"Field '{name}' is not supported", "/")
    language = definition.get("QueryLanguage", "JSONPath")
    if language not in LANGUAGES:
        yield Problem(SCHEMA, f"Value should be one of the following: [{', '.join(LANGUAGES)}]", "/QueryLanguage")
        return
    seen: set[str] = set()
    for name, place in _names(definition, ""):
        if name in seen:
            yield Problem("DUPLICATE_STATE_NAME", f"Duplicate State name: {name}", place)
        seen.add(name)
    yield from _machine(definition, "", language)


def _names(machine: Definition, path: str) -> Iterator[tuple[str, str]]:
    for name, state in (machine.get("States") or {}).items():
        place = f"{path}/States/{name}"
        yield name, place
        for inner, at in _inner(state, place):
            yield from _names(inner, at)


def _inner(state: Definition, path: str) -> Iterator[tuple[Definition, str]]:
    """The machines within a state, and where they are."""
    for at, branch in enumerate(state.get("Branches") or []):
        yield branch, f"{path}/Branches[{at}]"
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(state.get(field), dict):
            yield state[field], f"{path}/{field}"


def _not_in_express(machine: Definition, path: str) -> Iterator[Problem]:
    """As recorded (localstack, test_sfn_api_express.snapshot.json), with the space at the end of one of them."""
    for name, state in machine["States"].items():
        resource = str(state.get("Resource", "")).removesuffix(":2")
        for pattern, what in (
            (r":activity:", "Activity ARN"),
            (r"\.waitForTaskToken$", "'.waitForTaskToken' service integration "),
            (r"\.sync$", "'.sync' service integration"),
        ):
            if re.search(pattern, resource):
                message = f"Express state machine does not support {what}"
                yield Problem(SCHEMA, message, f"{path}/States/{name}/Resource")


def _machine(machine: Definition, path: str, language: str) -> Iterator[Problem]:
    """A state machine, or a branch of one: both have StartAt and States."""
    missing = [name for name in ("States", "StartAt") if not machine.get(name)]
    if missing:
        fields = ", ".join(missing)
        yield Problem(SCHEMA, f"These fields are required: [{fields}]", path or "/")
        return
    for name, state in machine["States"].items():
        yield from _state(state, f"{path}/States/{name}", language)
    yield from _transitions(machine, path)


def _state(state: Definition, path: str, language: str) -> Iterator[Problem]:
    own = state.get("QueryLanguage", language)
    if (language, own) == ("JSONata", "JSONPath"):
        yield Problem(SCHEMA, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", path)
        return
    for message, place in field_problems(state, own):
        yield Problem(SCHEMA, message, path + place)
    for name in state.get("Assign") or ():
        yield from _variable(name.removesuffix(".$"), f"{path}/Assign")
    for inner, place in _inner(state, path):
        yield from _machine(inner, place, own)


def _variable(name: str, place: str) -> Iterator[Problem]:
    if name == "states":
        yield Problem("RESERVED_VARIABLE_NAME", "Cannot assign to reserved variable '$states'.", place)
    elif not _VARIABLE.fullmatch(name):
        message = f"Invalid variable name '{name}': the variable name contains invalid characters."
        yield Problem("INVALID_VARIABLE_NAME", message, place)


def _transitions(machine: Definition, path: str) -> Iterator[Problem]:
    states: Mapping[str, Definition] = machine["States"]
    targets = [(machine["StartAt"], f"{path}/StartAt")]
    for name, state in states.items():
        targets += [(target, f"{path}/States/{name}{place}") for target, place in successors(state)]
    for target, place in targets:
        if target not in states:
            yield Problem(MISSING_TARGET, f"Missing 'Next' target: {target}", place)
    if not any(_is_terminal(state) for state in states.values()):
        yield Problem("MISSING_END_STATE", "Workflow has no terminal state")
        return
    reachable = _reachable(machine["StartAt"], states)
    for name in states:
        if name not in reachable:
            yield Problem(MISSING_TARGET, f'State "{name}" is not reachable.', f"{path}/States/{name}")


def successors(state: Definition) -> Iterator[tuple[str, str]]:
    """The states that a state can lead to, and where it says so."""
    for field in ("Next", "Default"):
        if field in state:
            yield state[field], f"/{field}"
    for field in ("Choices", "Catch"):
        for at, rule in enumerate(state.get(field) or []):
            if "Next" in rule:
                yield rule["Next"], f"/{field}[{at}]/Next"


def _is_terminal(state: Definition) -> bool:
    return bool(state.get("End")) or state.get("Type") in ("Succeed", "Fail")


def _reachable(start: str, states: Mapping[str, Definition]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in states and name not in seen:
            seen.add(name)
            waiting += [target for target, _ in successors(states[name])]
    return seen
