"""JSONata expressions as Python functions: the simple forms compiled, everything else by the library."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tests.simulation.states.errors import QUERY_EVALUATION, DefinitionError, StateError
from tests.simulation.states.jsonata_engine import UNDEFINED, Node, evaluate, parsed, truth

Names = Mapping[str, Any]
Read = Callable[[Names, Names], Any]
"""From the variables and the members of $states to a value, or UNDEFINED."""

_LITERALS = ("string", "number", "value")


class NotSimpleError(Exception):
    """A form, or a value met at run time, whose meaning is left to the library."""


@cache
def compiled(text: str) -> Read:
    """A function that evaluates the expression; every distinct text is compiled once in a process.

    Raises:
        DefinitionError: it is no JSONata.
    """
    tree = parsed(text).ast
    try:
        simple = _node(tree)
    except NotSimpleError:
        return lambda names, states: evaluate(text, names, states)

    def read(names: Names, states: Names) -> Any:
        try:
            return simple(names, states)
        except NotSimpleError:
            return evaluate(text, names, states)

    return read


def is_simple(text: str) -> bool:
    """Whether an expression is evaluated without the library, as far as its form tells."""
    try:
        _node(parsed(text).ast)
    except NotSimpleError:
        return False
    return True


def _node(node: Node) -> Read:
    if node.type in _LITERALS:
        return _literal(node.value)
    form = _FORMS.get(node.type)
    if form is None or any(getattr(node, name, None) for name in ("predicate", "stages", "group", "focus", "index")):
        raise NotSimpleError
    return form(node)


def _literal(value: Any) -> Read:
    return lambda _names, _states: value


def _variable(node: Node) -> Read:
    name = str(node.value or "")
    if name in ("", "$"):
        raise DefinitionError("Step Functions has no $ or $$ at the top of an expression: use $states.input")
    if name == "states":
        return lambda _names, states: states
    return lambda names, _states: names.get(name, UNDEFINED)


def _path(node: Node) -> Read:
    first, *others = node.steps
    if first.type == "name":
        raise DefinitionError(f"{first.value!r} is read from no variable: use $states.input.{first.value}")
    if any(step.type != "name" or getattr(step, "stages", None) for step in others) or node.keep_singleton_array:
        raise NotSimpleError
    root, members = _node(first), tuple(str(step.value) for step in others)

    def read(names: Names, states: Names) -> Any:
        value = root(names, states)
        for member in members:
            if type(value) is dict:
                value = value.get(member, UNDEFINED)
            elif type(value) is list:
                raise NotSimpleError
            else:
                return UNDEFINED
        return value

    return read


def _binary(node: Node) -> Read:
    operator = _OPERATORS.get(str(node.value))
    if operator is None:
        raise NotSimpleError
    return operator(_node(node.lhs), _node(node.rhs))


def _and(left: Read, right: Read) -> Read:
    return lambda names, states: _true(left(names, states)) and _true(right(names, states))


def _or(left: Read, right: Read) -> Read:
    return lambda names, states: _true(left(names, states)) or _true(right(names, states))


def _equal(left: Read, right: Read) -> Read:
    return lambda names, states: _same(left(names, states), right(names, states))


def _unequal(left: Read, right: Read) -> Read:
    def read(names: Names, states: Names) -> bool:
        one, other = left(names, states), right(names, states)
        return UNDEFINED not in (one, other) and not _same(one, other)

    return read


def _concatenated(left: Read, right: Read) -> Read:
    return lambda names, states: _text(left(names, states)) + _text(right(names, states))


def _condition(node: Node) -> Read:
    condition, then = _node(node.condition), _node(node.then)
    otherwise = _node(node._else) if node._else is not None else _literal(UNDEFINED)
    return lambda names, states: (then if _true(condition(names, states)) else otherwise)(names, states)


def _block(node: Node) -> Read:
    if len(node.expressions) != 1:
        raise NotSimpleError
    return _node(node.expressions[0])


def _function(node: Node) -> Read:
    make = _FUNCTIONS.get(str(node.procedure.value))
    if make is None or len(node.arguments) != 1:
        raise NotSimpleError
    return make(_node(node.arguments[0]))


def _exists(argument: Read) -> Read:
    return lambda names, states: argument(names, states) is not UNDEFINED


def _not(argument: Read) -> Read:
    def read(names: Names, states: Names) -> Any:
        value = argument(names, states)
        return UNDEFINED if value is UNDEFINED else not _true(value)

    return read


def _parse(argument: Read) -> Read:
    def read(names: Names, states: Names) -> Any:
        text = argument(names, states)
        try:
            return json.loads(text)
        except (TypeError, ValueError) as error:
            raise StateError(QUERY_EVALUATION, f"$parse got {text!r}, which is no JSON: {error}") from error

    return read


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON values; Python's own takes true for 1."""
    if type(one) in (dict, list) or type(other) in (dict, list):
        raise NotSimpleError
    if UNDEFINED in (one, other) or isinstance(one, bool) is not isinstance(other, bool):
        return False
    return bool(one == other)


def _true(value: Any) -> bool:
    return value if type(value) is bool else truth(value)


def _text(value: Any) -> str:
    if value is UNDEFINED:
        return ""
    if type(value) is not str:
        raise NotSimpleError
    return value


_FORMS: Mapping[str, Callable[[Node], Read]] = {
    "variable": _variable,
    "path": _path,
    "binary": _binary,
    "condition": _condition,
    "block": _block,
    "function": _function,
}
_OPERATORS: Mapping[str, Callable[[Read, Read], Read]] = {
    "and": _and,
    "or": _or,
    "=": _equal,
    "!=": _unequal,
    "&": _concatenated,
}
_FUNCTIONS: Mapping[str, Callable[[Read], Read]] = {"exists": _exists, "not": _not, "parse": _parse}
