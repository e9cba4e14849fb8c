"""Attribute values in DynamoDB's own form: how they are stored, compared and measured."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias

from tests.simulation.copies import packed
from tests.simulation.errors import invalid

Value: TypeAlias = dict[str, Any]
Item: TypeAlias = dict[str, Value]

ITEM_LIMIT = 409_600
"""Bytes of names and values together (DynamoDB guide, Constraints)."""

ORDERED = {"S", "N", "B"}


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal:
    """A number as DynamoDB reads it: up to 38 digits."""
    try:
        parsed = Decimal(text)
    except InvalidOperation:
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}") from None
    if not parsed.is_finite():
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}")
    if len("".join(map(str, parsed.as_tuple().digits)).strip("0")) > 38:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    return parsed


@lru_cache(maxsize=4096)
def written(text: str) -> str:
    """A number as DynamoDB gives it back: without zeros that say nothing."""
    plain = f"{number(text):f}"
    return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain


def stored(value: Value) -> Value:
    """A value as it is kept: a copy, checked.

    Raises:
        AwsError: DynamoDB would not take it.
    """
    if len(value) != 1:
        what = "has more than one datatypes set" if value else "is empty"
        raise invalid(f"Supplied AttributeValue {what}, must contain exactly one of the supported datatypes")
    ((kind, content),) = value.items()
    if kind == "N":
        return {"N": written(content)}
    if kind == "M":
        return {"M": {str(name): stored(inner) for name, inner in content.items()}}
    if kind == "L":
        return {"L": [stored(inner) for inner in content]}
    if kind in {"SS", "NS", "BS"}:
        if not content:
            raise invalid(f"One or more parameter values were invalid: An {kind} set  may not be empty")
        return {kind: [written(number) for number in content] if kind == "NS" else list(content)}
    return {kind: str(content)} if kind == "S" else {kind: content}


def is_too_large(item: Item) -> bool:
    """Whether an item is above DynamoDB's limit. Its marshalled length is no less, and quickly known."""
    return len(packed(item)) > ITEM_LIMIT and size_of(item) > ITEM_LIMIT


def equal(one: Value, other: Value) -> bool:
    """Whether two values are the same: same type, same content, sets in any order."""
    if one == other:
        return True
    kind = next(iter(one))
    if kind not in other:
        return False
    if kind == "N":
        return number(one["N"]) == number(other["N"])
    if kind == "M":
        mine, theirs = one["M"], other["M"]
        return mine.keys() == theirs.keys() and all(equal(mine[name], theirs[name]) for name in mine)
    if kind == "L":
        return len(one["L"]) == len(other["L"]) and all(map(equal, one["L"], other["L"]))
    return kind in {"SS", "NS", "BS"} and sorted(one[kind]) == sorted(other[kind])


def order(one: Value, other: Value) -> int | None:
    """-1, 0 or 1, or None for values that have no order: of different types, or of one without an order."""
    kind = next(iter(one))
    if kind not in ORDERED or kind not in other:
        return None
    mine, theirs = _sortable(kind, one[kind]), _sortable(kind, other[kind])
    return int(mine > theirs) - int(mine < theirs)


def _sortable(kind: str, content: Any) -> Any:
    return number(content) if kind == "N" else content.encode() if isinstance(content, str) else content


def size_of(item: Item) -> int:
    """Bytes as DynamoDB counts them, near enough for its limit."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Value) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content) if content.isascii() else len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "M":
        return 3 + size_of(content) + len(content)
    if kind == "L":
        return 3 + sum(_size(inner) + 1 for inner in content)
    if kind in {"SS", "NS", "BS"}:
        return sum(map(len, content))
    return len(content) if kind == "B" else 1
