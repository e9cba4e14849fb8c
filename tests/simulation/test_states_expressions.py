"""JSONata in the simulation: the compiled forms mean what the library means, and what cannot be replayed is refused."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.simulation.states.errors import DefinitionError, StateError
from tests.simulation.states.expressions import compiled, is_simple
from tests.simulation.states.jsonata_engine import UNDEFINED, evaluate

SIMPLE = (
    "$a",
    "$a.b",
    "$a.b.c",
    "$a = 'a'",
    "$a = 1",
    "$a = true",
    "$a.b = null",
    "$a = $c",
    "$a != $c",
    "$a != ''",
    "$a and $c",
    "$a or $c = 1",
    "$not($a)",
    "$exists($a.b)",
    "$a ? 1 : 2",
    "$a.b ? 'b'",
    "$a & 'x' & $c",
    "($a.b)",
)
VALUES: tuple[Any, ...] = (
    UNDEFINED,
    None,
    True,
    False,
    0,
    1,
    1.0,
    "",
    "a",
    [],
    [1],
    [1, 2],
    {},
    {"b": 1},
    {"b": [1]},
    {"b": []},
    {"b": None},
    {"b": {"c": "x"}},
    [{"b": 1}],
    [{"b": 1}, {"b": 2}],
)


def outcome(text: str, names: dict[str, Any], *, compile_it: bool) -> str:
    """The value with its type, or the error: Python takes 1, 1.0 and True for the same."""
    try:
        return repr(compiled(text)(names, {}) if compile_it else evaluate(text, names, {}))
    except StateError as error:
        return error.error


@pytest.mark.parametrize("text", SIMPLE)
def test_a_simple_form_gives_what_the_library_gives(text: str) -> None:
    assert is_simple(text)
    for a, c in product(VALUES, repeat=2):
        names = {name: value for name, value in (("a", a), ("c", c)) if value is not UNDEFINED}

        assert outcome(text, names, compile_it=True) == outcome(text, names, compile_it=False), names


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$a + 1", 3),
        ("$merge([{'x': $a}, {'y': null}])", {"x": 2, "y": None}),
        ("$parse('[1, {\"b\": null}]')", [1, {"b": None}]),
        ("$map([1, 2], function($n) { $n * $a })", [2, 4]),
        ("$a > 1 ? 'more' : 'less'", "more"),
    ],
)
def test_every_other_form_is_left_to_the_library(text: str, value: object) -> None:
    assert compiled(text)({"a": 2}, {}) == value


def test_nothing_is_told_from_null() -> None:
    assert compiled("$a.b")({"a": {"b": None}}, {}) is None
    assert compiled("$a.c")({"a": {"b": None}}, {}) is UNDEFINED
    assert compiled("[1][$ > $a]")({"a": 1}, {}) is UNDEFINED


@pytest.mark.parametrize("text", ["$now()", "$millis()", "$random()", "$uuid()", "$eval('1')", "$a +", "'"])
def test_what_is_no_jsonata_or_differs_each_time_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        compiled(text)


@pytest.mark.parametrize("text", ["verdict", "verdict.reason", "$.verdict", "$$.verdict"])
def test_a_path_that_starts_at_no_variable_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        compiled(text)


@pytest.mark.parametrize("text", ["$a < true", "$parse('{')", "$parse(1)", "'a' + 1"])
def test_an_expression_that_fails_is_a_query_evaluation_error(text: str) -> None:
    with pytest.raises(StateError, match=r"States\.QueryEvaluationError"):
        compiled(text)({"a": 1}, {})
