"""Rule conditions: what AWS allows, of what the balancer can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from greenlight.rehearsal.balancer.matching import UnsupportedConditionError, match
from greenlight.rehearsal.balancer.snapshot import Condition
from greenlight.rehearsal.cloud.elbv2 import errors

MAX_VALUES = 5
_ONCE = ("host-header", "path-pattern", "http-request-method")


def condition(record: Mapping[str, Any]) -> Condition:
    """Read a condition from ministack's record."""
    header = record.get("HttpHeaderConfig")
    if header:
        return Condition(record["Field"], tuple(header["Values"]), header["HttpHeaderName"])
    return Condition(record["Field"], tuple(record["Values"]))


def check_conditions(records: Iterable[Mapping[str, Any]]) -> None:
    """Raise ApiError for conditions that AWS refuses, and for those that the balancer could not tell."""
    conditions = [condition(record) for record in records]
    if not conditions:
        raise errors.invalid("A condition must be specified")
    if sum(len(each.values) for each in conditions) > MAX_VALUES:
        raise errors.invalid(f"A rule can have up to '{MAX_VALUES}' condition values")
    for each in conditions:
        if not each.values:
            raise errors.invalid(f"A condition value must be specified for the field '{each.field}'")
        if each.field in _ONCE and sum(other.field == each.field for other in conditions) > 1:
            raise errors.invalid(f"A rule can only have one '{each.field}' condition")
    try:
        match(conditions)
    except UnsupportedConditionError as error:
        raise errors.invalid(str(error)) from error
