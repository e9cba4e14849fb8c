"""Rule conditions: what AWS allows, of what the balancer can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Any
from xml.sax.saxutils import escape

from greenlight.rehearsal.balancer.matching import UnsupportedConditionError, match
from greenlight.rehearsal.balancer.snapshot import Condition
from greenlight.rehearsal.cloud.elbv2 import errors

Record = dict[str, Any]

MAX_VALUES = 5
LONGEST_VALUE = 128
_ONCE = ("host-header", "path-pattern", "http-request-method")


def condition(record: Mapping[str, Any]) -> Condition:
    """Read a condition from ministack's record."""
    if query := record.get("QueryStringConfig"):
        pairs = tuple(f"{pair.get('Key', '')}={pair['Value']}" for pair in query["Values"])
        return Condition(record["Field"], pairs)
    header = record.get("HttpHeaderConfig")
    if header:
        return Condition(record["Field"], tuple(header["Values"]), header["HttpHeaderName"])
    return Condition(record["Field"], tuple(record["Values"]))


def from_query(record: Record, params: Mapping[str, list[str]], prefix: str) -> Record:
    """Add the pairs of a query-string condition, which ministack passes over, from a request of the query protocol."""
    pairs: list[dict[str, str]] = []
    while value := params.get(f"{prefix}.QueryStringConfig.Values.member.{len(pairs) + 1}.Value"):
        key = params.get(f"{prefix}.QueryStringConfig.Values.member.{len(pairs) + 1}.Key")
        pairs.append({**({"Key": key[0]} if key else {}), "Value": value[0]})
    return _with_pairs(record, pairs)


def from_template(record: Record) -> Record:
    """Put the pairs of a query-string condition where they are looked for."""
    return _with_pairs(record, [each for each in record.get("Values", []) if isinstance(each, dict)])


def pairs_xml(record: Mapping[str, Any]) -> str:
    """Write the pairs of a query-string condition for an answer; nothing for others."""
    pairs = (record.get("QueryStringConfig") or {}).get("Values")
    if not pairs:
        return ""
    members = "".join(
        "<member>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in pair.items()) + "</member>"
        for pair in pairs
    )
    return f"<QueryStringConfig><Values>{members}</Values></QueryStringConfig>"


def _check_value(field: str, value: str) -> None:
    if len(value) > LONGEST_VALUE:
        raise errors.invalid(f"The '{field}' value is too long; the limit is '{LONGEST_VALUE}'")
    if field == "source-ip" and not _is_range(value):
        raise errors.invalid("A 'source-ip' value must be in CIDR format")


def _is_range(value: str) -> bool:
    try:
        ip_network(value)
    except ValueError:
        return False
    return "/" in value


def _with_pairs(record: Record, pairs: list[dict[str, str]]) -> Record:
    return {**record, "Values": [], "QueryStringConfig": {"Values": pairs}} if pairs else record


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
        for value in each.values:
            _check_value(each.field, value)
    try:
        match(conditions)
    except UnsupportedConditionError as error:
        raise errors.invalid(str(error)) from error
