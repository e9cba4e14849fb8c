"""Whether a call's parameters are such that boto3 and AWS would take them, by botocore's own model of the service.

botocore checks names, types, what is required and lower bounds before it sends anything. AWS checks upper bounds,
patterns and allowed values as well. Both are compiled into one function for each shape, since it runs at every call;
only a call that is refused is looked at slowly, to say why.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from botocore.model import Shape

Check: TypeAlias = Callable[[Any], bool]

NUMBERS = (float, Decimal, int)
SCALARS: dict[str, tuple[type, ...]] = {
    "float": NUMBERS,
    "double": NUMBERS,
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "blob": (bytes, bytearray, str),
    "timestamp": (datetime, int, float),
}


class Checks:
    """The compiled checks of one service's shapes. A shape may contain itself, as DynamoDB's AttributeValue does."""

    def __init__(self) -> None:
        self._made: dict[str, Check] = {}

    def of(self, shape: Shape) -> Check:
        """The check of a shape, compiled when it is first asked for."""
        if shape.name not in self._made:
            self._made[shape.name] = lambda value: self._made[shape.name](value)
            self._made[shape.name] = self._compile(shape)
        return self._made[shape.name]

    def _compile(self, shape: Shape) -> Check:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape)
        if kind == "list":
            return self._list(shape)
        if kind == "map":
            return self._map(shape)
        return _string(shape) if kind == "string" else _scalar(shape)

    def _structure(self, shape: Any) -> Check:
        required = tuple(shape.metadata.get("required", ()))
        names, union = list(shape.members), shape.is_tagged_union
        members: dict[str, Check] = {}

        def check(value: Any) -> bool:
            if not members and names:
                members.update({name: self.of(member) for name, member in shape.members.items()})
            if not isinstance(value, dict) or (union and len(value) != 1):
                return False
            for name, item in value.items():
                member = members.get(name)
                if member is None or not member(item):
                    return False
            return all(name in value for name in required) if required else True

        return check

    def _list(self, shape: Any) -> Check:
        member = self.of(shape.member)
        low, high = _bounds(shape)

        def check(value: Any) -> bool:
            if not isinstance(value, (list, tuple)) or not low <= len(value) <= high:
                return False
            return all(map(member, value))

        return check

    def _map(self, shape: Any) -> Check:
        of_key, of_value = self.of(shape.key), self.of(shape.value)
        low, high = _bounds(shape)

        def check(value: Any) -> bool:
            if not isinstance(value, dict) or not low <= len(value) <= high:
                return False
            return all(map(of_key, value)) and all(map(of_value, value.values()))

        return check


def _string(shape: Shape) -> Check:
    low, high = _bounds(shape)
    pattern = _pattern(shape)
    allowed = frozenset(getattr(shape, "enum", None) or ())
    if not low and high == float("inf") and pattern is None and not allowed:
        return lambda value: isinstance(value, str)

    def check(value: Any) -> bool:
        if not isinstance(value, str) or not low <= len(value) <= high:
            return False
        if allowed and value not in allowed:
            return False
        return pattern is None or pattern.fullmatch(value) is not None

    return check


def _scalar(shape: Shape) -> Check:
    types = SCALARS[shape.type_name]
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name in {"boolean", "blob", "timestamp"} or (low is None and high is None):
        return lambda value: isinstance(value, types)

    def check(value: Any) -> bool:
        return isinstance(value, types) and (low is None or value >= low) and (high is None or value <= high)

    return check


def _bounds(shape: Shape) -> tuple[float, float]:
    return shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))


def _pattern(shape: Shape) -> re.Pattern[str] | None:
    """Patterns are Java's; the few that Python cannot read are left out."""
    try:
        return re.compile(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    except re.error:
        return None
