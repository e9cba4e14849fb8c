"""What is in the shop's tables: orders, carts and stock, read past the shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from greenlight.errors import RehearsalError
from greenlight.rehearsal.shoppers.ledger import Quantities

ITEM = "item:"
VARIABLES = ("CART_TABLE", "ACCOUNT_TABLE", "ORDER_TABLE", "STOCK_TABLE")


@dataclass(frozen=True)
class TablesSeen:
    """The tables at one moment.

    Attributes:
        orders: the lines of each order by its id, of everybody who has an account, by e-mail address.
        carts: the cart of each of them.
        stock: what is left of each product that the table names.
        stray: orders of accounts that are not there.
    """

    orders: Mapping[str, Mapping[str, Quantities]]
    carts: Mapping[str, Quantities]
    stock: Quantities
    stray: int = 0


@dataclass
class ShopTables:
    """The tables of a shop. `names` are those of the tables, by the variable that tells them to the shop."""

    names: Mapping[str, str]
    _client: Any = field(default_factory=lambda: boto3.resource("dynamodb"))

    def __post_init__(self) -> None:
        if missing := [each for each in VARIABLES if each not in self.names]:
            raise RehearsalError(f"the shop has no table for {', '.join(missing)}: nobody can order anything")

    def stock_up(self, products: Iterable[str], quantity: int) -> None:
        """Let there be so much of each product."""
        for product in products:
            self._table("STOCK_TABLE").put_item(Item={"product_id": product, "quantity": quantity})

    def look(self) -> TablesSeen:
        """Read everything."""
        accounts = {item["account_id"]: item for item in self._items("ACCOUNT_TABLE")}
        carts = {item["cart_id"]: _cart(item) for item in self._items("CART_TABLE")}
        orders: dict[str, dict[str, Quantities]] = {item["email_given"]: {} for item in accounts.values()}
        stray = 0
        for item in self._items("ORDER_TABLE"):
            if account := accounts.get(item["account_id"]):
                lines = {line["product_id"]: int(line["quantity"]) for line in item["items"]}
                orders[account["email_given"]][item["order_id"]] = lines
            else:
                stray += 1
        return TablesSeen(
            orders=orders,
            carts={item["email_given"]: carts.get(item["cart_id"], {}) for item in accounts.values()},
            stock={item["product_id"]: int(item["quantity"]) for item in self._items("STOCK_TABLE")},
            stray=stray,
        )

    def _table(self, variable: str) -> Any:
        return self._client.Table(self.names[variable])

    def _items(self, variable: str) -> Iterator[Mapping[str, Any]]:
        """All items, page by page."""
        table, more = self._table(variable), dict[str, Any]()
        while True:
            page = table.scan(ConsistentRead=True, **more)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _cart(item: Mapping[str, Any]) -> Quantities:
    return {name.removeprefix(ITEM): int(value) for name, value in item.items() if name.startswith(ITEM)}
