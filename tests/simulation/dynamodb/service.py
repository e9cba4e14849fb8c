"""DynamoDB as its clients see it. Every operation happens at one instant; transactions are as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tests.simulation.copies import copied
from tests.simulation.dynamodb import reads, writes
from tests.simulation.dynamodb.table import Table, no_table
from tests.simulation.dynamodb.values import Item
from tests.simulation.dynamodb.writes import Write
from tests.simulation.errors import AwsError, invalid
from tests.simulation.kernel import Kernel

Request: TypeAlias = dict[str, Any]
Reply: TypeAlias = dict[str, Any]

KINDS = {"Put": writes.put, "Update": writes.change, "Delete": writes.delete, "ConditionCheck": writes.check}
TOKEN_SECONDS = 600.0
"""How long DynamoDB remembers a ClientRequestToken (API reference, TransactWriteItems)."""


class DynamoDb:
    """The tables of one account."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._tables: dict[str, Table] = {}
        self._tokens: dict[str, tuple[float, list[Any]]] = {}

    def add_table(self, name: str, key_name: str) -> Table:
        """A table with one key attribute, a string."""
        self._tables[name] = Table(self._kernel, name, key_name)
        return self._tables[name]

    def table(self, name: str) -> Table:
        """A table by name (or ARN)."""
        table = self._tables.get(name.rpartition("/")[2])
        if table is None:
            raise no_table()
        return table

    def get_item(self, request: Request) -> Reply:
        table = self.table(request["TableName"])
        item = table.read(table.key_of(request["Key"]), bool(request.get("ConsistentRead")))
        return {} if item is None else {"Item": reads.projected(item, request)}

    def put_item(self, request: Request) -> Reply:
        return self._alone(writes.put, request)

    def delete_item(self, request: Request) -> Reply:
        return self._alone(writes.delete, request)

    def update_item(self, request: Request) -> Reply:
        return self._alone(writes.change, request)

    def _alone(self, kind: Callable[[Table, Request], Write], request: Request) -> Reply:
        write = kind(self.table(request["TableName"]), request)
        if not write.allowed():
            raise writes.condition_failed(write)
        old, new = write.table.get(write.key) or {}, write.result()
        write.table.write(write.key, new)
        shown = _shown(request.get("ReturnValues", "NONE"), old, new or {}, write.touched)
        return {"Attributes": copied(shown)} if shown else {}

    def transact_write_items(self, request: Request) -> Reply:
        """All or nothing. A token that was seen with the same items is a success that writes nothing again."""
        token, items = request["ClientRequestToken"], request["TransactItems"]
        if self._was_done(token, items):
            return {}
        parts = [self._part(item) for item in items]
        places = [(part.table.name, part.key) for part in parts]
        if len(set(places)) < len(places):
            raise invalid("Transaction request cannot include multiple operations on one item")
        _cancel_unless_allowed(parts)
        for part, new in [(part, part.result()) for part in parts]:
            if part.change is not None:
                part.table.write(part.key, new)
        self._tokens[token] = (self._kernel.time, items)
        return {}

    def _was_done(self, token: str, items: list[Any]) -> bool:
        since, done = self._tokens.get(token, (0.0, []))
        if not done or self._kernel.time - since >= TOKEN_SECONDS:
            return False
        if done != items:
            raise AwsError("IdempotentParameterMismatchException", "The token was used with other parameters")
        return True

    def _part(self, item: Mapping[str, Any]) -> Write:
        if len(item) != 1:
            raise invalid("TransactItems can only contain one of Check, Put, Update or Delete")
        ((kind, request),) = item.items()
        return KINDS[kind](self.table(request["TableName"]), request)

    def transact_get_items(self, request: Request) -> Reply:
        gets = [item["Get"] for item in request["TransactItems"]]
        return {"Responses": [self.get_item({**get, "ConsistentRead": True}) for get in gets]}

    def scan(self, request: Request) -> Reply:
        return reads.page(self.table(request["TableName"]), request, {})

    def query(self, request: Request) -> Reply:
        """By the key alone: the tables here have no sort key."""
        table = self.table(request["TableName"])
        name, value = reads.wanted_key(request)
        if name != table.key_name:
            raise invalid(f"Query condition missed key schema element: {table.key_name}")
        return reads.page(table, request, {name: value})


def _cancel_unless_allowed(parts: list[Write]) -> None:
    """The reasons stand in the order of the items; one that was in order has the code None."""
    allowed = [part.allowed() for part in parts]
    if all(allowed):
        return
    message = "The conditional request failed"
    failed = {"Code": "ConditionalCheckFailed", "Message": message}
    reasons = [
        {"Code": "None"} if good else {**failed, **part.refusal()} for part, good in zip(parts, allowed, strict=True)
    ]
    listed = ", ".join(str(reason["Code"]) for reason in reasons)
    raise AwsError(
        "TransactionCanceledException",
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{listed}]",
        CancellationReasons=reasons,
    )


def _shown(wanted: str, old: Item, new: Item, touched: tuple[str, ...]) -> Item:
    if wanted == "NONE":
        return {}
    source = old if wanted.endswith("OLD") else new
    return source if wanted.startswith("ALL") else {name: source[name] for name in touched if name in source}
