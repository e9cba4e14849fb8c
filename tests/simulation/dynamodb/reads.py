"""What a read of DynamoDB gives: one item, or a page of many."""

from __future__ import annotations

from typing import Any, TypeAlias

from tests.simulation.copies import copied
from tests.simulation.dynamodb.conditions import condition
from tests.simulation.dynamodb.language import Scope
from tests.simulation.dynamodb.table import Table
from tests.simulation.dynamodb.values import Item, equal
from tests.simulation.errors import invalid

Request: TypeAlias = dict[str, Any]


def projected(item: Item, request: Request) -> Item:
    """The attributes that a request asks for."""
    if "ProjectionExpression" not in request:
        return copied(item)
    names = request.get("ExpressionAttributeNames", {})
    wanted = [part.strip() for part in request["ProjectionExpression"].split(",")]
    kept = [names.get(part, part) for part in wanted]
    return copied({name: item[name] for name in kept if name in item})


def wanted_key(request: Request) -> tuple[str, Any]:
    """The attribute and the value of a key condition `name = :value`."""
    left, sign, right = (part.strip() for part in request["KeyConditionExpression"].partition("="))
    if not sign or right not in request.get("ExpressionAttributeValues", {}):
        raise invalid("Invalid KeyConditionExpression")
    return request.get("ExpressionAttributeNames", {}).get(left, left), request["ExpressionAttributeValues"][right]


def page(table: Table, request: Request, key: Item) -> Request:
    """What one page holds: `Limit` counts what was looked at, not what the filter lets through."""
    text = request.get("FilterExpression")
    wanted = condition("FilterExpression", text) if text else None
    scope = Scope(request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))
    found = [(k, item) for k, item in table.scan() if all(equal(item[name], value) for name, value in key.items())]
    start = request.get("ExclusiveStartKey")
    if start is not None:
        keys = [k for k, _ in found]
        found = found[keys.index(table.key_of(start)) + 1 :]
    limit = request.get("Limit", len(found) or 1)
    shown = found[:limit]
    items = [projected(item, request) for _, item in shown if wanted is None or wanted.holds(item, scope)]
    reply: Request = {"Items": items, "Count": len(items), "ScannedCount": len(shown)}
    if len(found) > limit:
        reply["LastEvaluatedKey"] = {table.key_name: {"S": shown[-1][0]}}
    return reply
