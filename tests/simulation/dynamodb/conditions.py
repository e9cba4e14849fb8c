"""Condition, filter and key condition expressions: read once for each text, evaluated at every use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from tests.simulation.dynamodb.language import Path, Scope, Words, look_up
from tests.simulation.dynamodb.values import Item, Value, equal, order

Operand: TypeAlias = Callable[[Item, Scope], Value | None]
Test: TypeAlias = Callable[[Item, Scope], bool]

COMPARATORS = ("=", "<>", "<=", ">=", "<", ">")
FUNCTIONS = ("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size")


@dataclass(frozen=True)
class Condition:
    """One expression: what it says about an item, and which aliases and placeholders it uses."""

    holds: Test
    aliases: frozenset[str]
    placeholders: frozenset[str]


@lru_cache(maxsize=1024)
def condition(kind: str, text: str) -> Condition:
    """Read an expression.

    Raises:
        AwsError: it is none.
    """
    words = Words.of(kind, text)
    test = _either(words)
    if words.next:
        words.refuse()
    return Condition(test, frozenset(words.aliases), frozenset(words.placeholders))


def _either(words: Words) -> Test:
    tests = [_both(words)]
    while words.take("OR"):
        tests.append(_both(words))
    return tests[0] if len(tests) == 1 else lambda item, scope: any(test(item, scope) for test in tests)


def _both(words: Words) -> Test:
    tests = [_not(words)]
    while words.take("AND"):
        tests.append(_not(words))
    return tests[0] if len(tests) == 1 else lambda item, scope: all(test(item, scope) for test in tests)


def _not(words: Words) -> Test:
    if words.take("NOT"):
        inner = _not(words)
        return lambda item, scope: not inner(item, scope)
    if words.take("("):
        inner = _either(words)
        words.need(")")
        return inner
    return _called(words) if words.next in FUNCTIONS and words.next != "size" else _compared(words)


def _called(words: Words) -> Test:
    name = words.next
    words.at += 1
    words.need("(")
    path = words.path()
    if name in {"attribute_exists", "attribute_not_exists"}:
        words.need(")")
        wanted = name == "attribute_exists"
        return lambda item, scope: (look_up(item, path, scope) is not None) is wanted
    words.need(",")
    other = operand(words)
    words.need(")")
    match = {"attribute_type": _is_of_type, "begins_with": _begins_with, "contains": _contains}[name]

    def test(item: Item, scope: Scope) -> bool:
        found, argument = look_up(item, path, scope), other(item, scope)
        return found is not None and argument is not None and match(found, argument)

    return test


def _is_of_type(value: Value, argument: Value) -> bool:
    return argument.get("S") in value


def _begins_with(value: Value, argument: Value) -> bool:
    return "S" in value and "S" in argument and value["S"].startswith(argument["S"])


def _contains(value: Value, argument: Value) -> bool:
    ((kind, content),) = value.items()
    if kind == "S":
        return "S" in argument and argument["S"] in content
    if kind == "L":
        return any(equal(inner, argument) for inner in content)
    return kind in {"SS", "NS", "BS"} and next(iter(argument.values())) in content


def _compared(words: Words) -> Test:
    left = operand(words)
    if words.take("IN"):
        return _member(left, _listed(words))
    if words.take("BETWEEN"):
        low = operand(words)
        words.need("AND")
        high = operand(words)
        at_least, at_most = _comparison(">=", left, low), _comparison("<=", left, high)
        return lambda item, scope: at_least(item, scope) and at_most(item, scope)
    return _comparison(words.need(*COMPARATORS), left, operand(words))


def _listed(words: Words) -> list[Operand]:
    words.need("(")
    listed = [operand(words)]
    while words.take(","):
        listed.append(operand(words))
    words.need(")")
    return listed


def _member(left: Operand, listed: list[Operand]) -> Test:
    def test(item: Item, scope: Scope) -> bool:
        value = left(item, scope)
        candidates = (candidate(item, scope) for candidate in listed)
        return value is not None and any(other is not None and equal(value, other) for other in candidates)

    return test


def _comparison(sign: str, left: Operand, right: Operand) -> Test:
    """What is missing equals nothing: `<>` holds for it, and nothing else does."""

    def same(item: Item, scope: Scope) -> bool:
        one, other = left(item, scope), right(item, scope)
        return one is not None and other is not None and equal(one, other)

    def ordered(item: Item, scope: Scope) -> bool:
        one, other = left(item, scope), right(item, scope)
        compared = None if one is None or other is None else order(one, other)
        return compared is not None and compared in allowed

    allowed = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}.get(sign, set())
    if sign == "=":
        return same
    return (lambda item, scope: not same(item, scope)) if sign == "<>" else ordered


def operand(words: Words) -> Operand:
    """Read a path, a placeholder or a size."""
    if words.next == "size" and words.tokens[words.at + 1 : words.at + 2] == ["("]:
        words.at += 2
        path = words.path()
        words.need(")")
        return lambda item, scope: _size(look_up(item, path, scope))
    if words.next.startswith(":"):
        name = words.placeholder()
        return lambda _, scope: scope.values[name]
    return _at(words.path())


def _at(path: Path) -> Operand:
    return lambda item, scope: look_up(item, path, scope)


def _size(value: Value | None) -> Value | None:
    content = None if value is None else next(iter(value.values()))
    return {"N": str(len(content))} if isinstance(content, (str, bytes, list, dict)) else None
