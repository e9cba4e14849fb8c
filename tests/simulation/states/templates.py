"""Arguments, Output and Assign: JSON in which a string `{% ... %}` is an expression."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.states.errors import QUERY_EVALUATION, DefinitionError, StateError
from tests.simulation.states.expressions import Names, compiled
from tests.simulation.states.jsonata_engine import (
    UNDEFINED,
    is_library_function,
    nodes,
    parsed,
    variables,
)

Fill = Callable[[Names, Names], Any]
"""From the variables and the members of $states to JSON."""

OPENS, CLOSES = "{%", "%}"
CONTEXT = frozenset({"Execution", "State", "StateMachine"})


@dataclass
class Place:
    """Where a template stands, what it may read there, and which variables are read in it."""

    where: str
    members: Collection[str] = ("input", "context")
    reads: set[str] = field(default_factory=set)


def template(value: Any, place: Place) -> Fill:
    """Compile a template.

    Raises:
        DefinitionError: an expression in it is no JSONata, or reads what is not there.
    """
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, dict):
        return _object({name: template(item, place) for name, item in value.items()}, value)
    if isinstance(value, list):
        return _array([template(item, place) for item in value], value)
    return _constant(value)


def is_expression(value: Any) -> bool:
    """Whether a value of the definition is an expression, not itself."""
    return isinstance(value, str) and value.startswith(OPENS) and value.endswith(CLOSES)


def _text(value: str, place: Place) -> Fill:
    if not is_expression(value):
        if OPENS in value or "${" in value:
            raise DefinitionError(f"{place.where}: nothing fills in what {value!r} leaves open")
        return _constant(value)
    text = value[len(OPENS) : -len(CLOSES)].strip()
    _check(text, place)
    read = compiled(text)

    def fill(names: Names, states: Names) -> Any:
        found = read(names, states)
        if found is UNDEFINED:
            raise StateError(QUERY_EVALUATION, f"{place.where}: the JSONata expression {text!r} returned nothing")
        return found

    return fill


def _constant(value: Any) -> Fill:
    return lambda _names, _states: value


def _object(fills: Mapping[str, Fill], value: Any) -> Fill:
    if not _has_expressions(value):
        return _constant(value)
    members = tuple(fills.items())
    return lambda names, states: {name: fill(names, states) for name, fill in members}


def _array(fills: list[Fill], value: Any) -> Fill:
    if not _has_expressions(value):
        return _constant(value)
    return lambda names, states: [fill(names, states) for fill in fills]


def _has_expressions(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_expressions, value.values() if isinstance(value, dict) else value))
    return is_expression(value)


def _check(text: str, place: Place) -> None:
    tree = parsed(text).ast
    for name in variables(tree):
        if name not in ("states", "") and not is_library_function(name):
            place.reads.add(name)
    for member, below in _reserved(tree):
        if member not in place.members:
            raise DefinitionError(f"{place.where}: $states.{member} is not there; there are {sorted(place.members)}")
        if member == "context" and below not in CONTEXT:
            raise DefinitionError(f"{place.where}: $states.context.{below} is unknown; known are {sorted(CONTEXT)}")


def _reserved(tree: Any) -> Iterator[tuple[str, str]]:
    """What is read of $states: the member, and the one below it."""
    for node in nodes(tree):
        steps = node.steps if node.type == "path" else None
        if steps and steps[0].type == "variable" and steps[0].value == "states":
            names = [str(step.value) for step in steps[1:3]]
            yield names[0], names[1] if len(names) > 1 else ""
