"""A rule's conditions in Envoy's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from greenlight.rehearsal.balancer.snapshot import Condition

Json = dict[str, Any]


class UnsupportedConditionError(ValueError):
    """A kind of condition that the balancer cannot tell."""


def match(conditions: Iterable[Condition]) -> Json:
    """Write what a route matches. A query string is never part of a path-pattern."""
    matched: Json = {"prefix": "/"}
    headers: list[Json] = []
    for condition in conditions:
        if condition.field == "path-pattern":
            matched = {"safe_regex": {"regex": pattern(condition.values)}}
        else:
            headers.append(_header(condition))
    return {**matched, "headers": headers} if headers else matched


def pattern(values: Iterable[str], *, suffix: str = "", ignore_case: bool = False) -> str:
    """Write values with wildcards as one regular expression for the whole text."""
    options = "|".join(_expression(value) for value in values)
    return f"{'(?i)' if ignore_case else ''}(?:{options}){suffix}"


def _header(condition: Condition) -> Json:
    """Names and values of headers, and hosts, are compared without regard to case; methods and paths are not."""
    match condition.field:
        case "http-header":
            return _matcher(condition.header.lower(), pattern(condition.values, ignore_case=True))
        case "host-header":
            return _matcher(":authority", pattern(condition.values, suffix="(?::[0-9]+)?", ignore_case=True))
        case "http-request-method":
            return _matcher(":method", pattern(condition.values))
    raise UnsupportedConditionError(
        f"the rehearsal's balancer cannot tell a {condition.field!r} condition; it can tell path-pattern, host-header, "
        "http-header and http-request-method"
    )


def _matcher(name: str, expression: str) -> Json:
    return {"name": name, "string_match": {"safe_regex": {"regex": expression}}}


def _expression(value: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in value)
