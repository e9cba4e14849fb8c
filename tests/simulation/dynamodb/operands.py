"""The right sides of update expressions, and the places in an item that their left sides name."""

from __future__ import annotations

from decimal import Decimal

from tests.simulation.dynamodb.conditions import Operand
from tests.simulation.dynamodb.conditions import operand as plain_operand
from tests.simulation.dynamodb.language import Path, Scope, Words
from tests.simulation.dynamodb.values import Item, Value, number
from tests.simulation.errors import invalid

BAD_PATH = "The document path provided in the update expression is invalid for update"


def value_of(words: Words) -> Operand:
    """Read an operand, or the sum or difference of two."""
    left = _operand(words)
    sign = words.take("+", "-")
    if not sign:
        return left
    right = _operand(words)
    factor = 1 if sign == "+" else -1

    def value(item: Item, scope: Scope) -> Value | None:
        one, other = left(item, scope), right(item, scope)
        if one is None or other is None:
            return None
        return {"N": str(number_in(one) + factor * number_in(other))}

    return value


def _operand(words: Words) -> Operand:
    name = words.next
    if name not in {"if_not_exists", "list_append"}:
        return plain_operand(words)
    words.at += 1
    words.need("(")
    first = _operand(words)
    words.need(",")
    second = _operand(words)
    words.need(")")
    if name == "if_not_exists":
        return lambda item, scope: first(item, scope) or second(item, scope)

    def appended(item: Item, scope: Scope) -> Value | None:
        one, other = first(item, scope), second(item, scope)
        return None if one is None or other is None else {"L": [*one["L"], *other["L"]]}

    return appended


def number_in(value: Value) -> Decimal:
    """The number that an operand of a calculation has to be."""
    if "N" not in value:
        raise invalid("An operand in the update expression has an incorrect data type")
    return number(value["N"])


def put(item: Item, way: Path, value: Value) -> None:
    """Put a value at a path whose aliases are resolved."""
    parent = container(item, way)
    last = way[-1]
    if isinstance(parent, list) and isinstance(last, int):
        parent[last : last + 1] = [value]
    elif isinstance(parent, dict) and isinstance(last, str):
        parent[last] = value
    else:
        raise invalid(BAD_PATH)


def container(item: Item, way: Path) -> dict[str, Value] | list[Value]:
    """The map or list that holds the last part of a path."""
    inside: dict[str, Value] | list[Value] = item
    for part in way[:-1]:
        try:
            value = inside[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            raise invalid(BAD_PATH) from None
        inside = value["M"] if "M" in value else value.get("L", [])
    return inside


def refuse_overlaps(paths: list[Path]) -> None:
    """Refuse paths of which one lies within another."""
    if len(paths) < 2:
        return
    for at, one in enumerate(paths):
        for other in paths[at + 1 :]:
            shared = min(len(one), len(other))
            if one[:shared] == other[:shared]:
                raise invalid(
                    "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one "
                    f"of these paths; path one: {list(one)}, path two: {list(other)}"
                )
