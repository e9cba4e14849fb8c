"""JSONata by the jsonata-python library: its parser for all expressions, its evaluator for the harder ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import jsonata  # type: ignore[import-untyped]
from jsonata.functions import Functions  # type: ignore[import-untyped]
from jsonata.utils import Utils  # type: ignore[import-untyped]

from tests.simulation.states.errors import QUERY_EVALUATION, DefinitionError, StateError

Node = Any
"""A node of the library's syntax tree; it has no types of its own."""

UNDEFINED: Final = object()
"""What an expression gives when there is nothing: not null, and no value that JSON has."""

_REFUSED = frozenset({"eval", "now", "millis", "random", "uuid"})
"""$eval is unknown to Step Functions. The others give something else each time, and a scenario must not."""


@cache
def parsed(text: str) -> Any:
    """The expression as the library reads it, with the one function of Step Functions that is known here: $parse.

    Raises:
        DefinitionError: it is no JSONata, or calls what cannot be replayed.
    """
    try:
        expression = jsonata.Jsonata.jsonata(text)
    except Exception as error:
        raise DefinitionError(f"{text!r} is no JSONata expression: {error}") from error
    refused = sorted(_REFUSED.intersection(variables(expression.ast)))
    if refused:
        raise DefinitionError(f"{text!r} calls ${refused[0]}, which gives something else each time")
    expression.register_lambda("parse", json.loads)
    expression.set_output_convert_nulls(False)
    return expression


def evaluate(text: str, names: Mapping[str, Any], states: Mapping[str, Any]) -> Any:
    """Evaluate an expression of any form, UNDEFINED included.

    Raises:
        StateError: States.QueryEvaluationError, as for every failure of an expression.
    """
    bindings = {name: _with_nulls(value) for name, value in names.items()}
    bindings["states"] = _with_nulls({name: value for name, value in states.items() if value is not UNDEFINED})
    try:
        value = parsed(text).evaluate(None, bindings)
    except Exception as error:
        raise StateError(QUERY_EVALUATION, f"{text}: {error}") from error
    return UNDEFINED if value is None else _plain(value)


def variables(node: Node) -> Iterator[str]:
    """The names of all variables and functions that an expression uses and does not itself define."""
    own = {one.lhs.value for one in nodes(node) if one.type == "bind"}
    own.update(argument.value for one in nodes(node) if one.type == "lambda" for argument in one.arguments)
    for one in nodes(node):
        if one.type == "variable" and one.value not in own:
            yield str(one.value)


def nodes(node: Node) -> Iterator[Node]:
    """A node and everything under it."""
    if isinstance(node, list | tuple):
        for one in node:
            yield from nodes(one)
    elif hasattr(node, "type"):
        yield node
        for name, value in vars(node).items():
            if name not in ("outer_instance", "_outer_instance", "ancestor"):
                yield from nodes(value)


def is_library_function(name: str) -> bool:
    """Whether a name is one of JSONata's own functions, or $parse."""
    return name == "parse" or jsonata.Jsonata.static_frame.lookup(name) is not None


def truth(value: Any) -> bool:
    """What JSONata takes for true; nothing at all is false."""
    return False if value is UNDEFINED else bool(Functions.to_boolean(_with_nulls(value)))


def _with_nulls(value: Any) -> Any:
    """The library reads Python's None as nothing at all, and has a value of its own for null."""
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        return {name: _with_nulls(item) for name, item in value.items()}
    return [_with_nulls(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if value is Utils.NULL_VALUE:
        return None
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
