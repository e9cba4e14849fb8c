"""A rule's conditions in Envoy's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any

from greenlight.rehearsal.balancer.snapshot import Condition

Json = dict[str, Any]

CLIENT = ip_address("127.0.0.1")
"""Where every client of this machine comes from."""
_NEVER: Json = {"name": ":method", "present_match": True, "invert_match": True}


FIELDS = ("path-pattern", "host-header", "http-header", "http-request-method", "query-string", "source-ip")


class UnsupportedConditionError(ValueError):
    """A kind of condition that there is not."""


def match(conditions: Iterable[Condition]) -> Json:
    """Write what a route matches. A query string is never part of a path-pattern."""
    matched: Json = {"prefix": "/"}
    headers: list[Json] = []
    for condition in conditions:
        if condition.field == "path-pattern":
            matched = {"safe_regex": {"regex": pattern(condition.values)}}
        elif condition.field == "source-ip":
            headers += [] if any(CLIENT in ip_network(each, strict=False) for each in condition.values) else [_NEVER]
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
        case "query-string":
            return _matcher(":path", _query(condition.values))
    raise UnsupportedConditionError(f"Condition field '{condition.field}' must be one of '[{', '.join(FIELDS)}]'")


def _query(pairs: Iterable[str]) -> str:
    """Write pairs such as `color=blue`, or `=blue` for any key, as one expression for a path with its query string."""
    split = [pair.partition("=") for pair in pairs]
    options = "|".join(f"{_part(key) if key else '[^=&]*'}={_part(value)}" for key, _, value in split)
    return rf"(?i)[^?]*\?(?:.*&)?(?:{options})(?:&.*)?"


def _part(value: str) -> str:
    return "".join({"*": "[^&]*", "?": "[^&]"}.get(character, re.escape(character)) for character in value)


def _matcher(name: str, expression: str) -> Json:
    return {"name": name, "string_match": {"safe_regex": {"regex": expression}}}


def _expression(value: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in value)
