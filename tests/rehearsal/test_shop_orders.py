"""The shop's orders against DynamoDB in the local cloud: races for the last items, and requests that come twice."""

from __future__ import annotations

import json
import os
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from greenlight import cdk
from greenlight.project import CHECKOUT
from greenlight.rehearsal.account import REGION
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

KEYS = {"carts": ("cart_id",), "orders": ("account_id", "order_id"), "stock": ("product_id",)}
RIGHTS = ("GetItem", "PutItem", "UpdateItem", "ConditionCheckItem", "Query")
RACE = CHECKOUT / "services" / "shop" / "test" / "support" / "order-race.js"
MUG = "enamel-mug"

Wish = dict[str, object]


@dataclass(frozen=True)
class Shop:
    """Three tables, and processes of the shop that may do with them what a color may do."""

    cloud: LocalCloud
    table: Any
    variables: dict[str, str]

    def race(self, *wishes: Sequence[Wish]) -> list[dict[str, str]]:
        """Fill the carts, then place the orders at once, each list in a process of its own; what became of each."""
        for each in (each for wished in wishes for each in wished):
            self._fill(str(each["cart"]), str(each["quantity"]))
        processes = [self._process(each) for each in wishes]
        return [outcome for process in processes for outcome in _said(process)]

    def _fill(self, cart: str, quantity: str) -> None:
        expires = str(int(time.time()) + 3600)
        item = {"cart_id": {"S": cart}, "expires_at": {"N": expires}, f"item:{MUG}": {"N": quantity}}
        self.table.put_item(TableName="carts", Item=item)

    def _process(self, wishes: Sequence[Wish]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(cdk.NODE), str(RACE), json.dumps(wishes)],
            env={"PATH": os.environ["PATH"], **self.variables},
            stdout=subprocess.PIPE,
            text=True,
        )

    def orders(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.table.scan(TableName="orders", ConsistentRead=True)["Items"]
        return found

    def stock(self) -> int:
        found = self.table.get_item(TableName="stock", Key={"product_id": {"S": MUG}}, ConsistentRead=True)
        return int(found["Item"]["quantity"]["N"])

    def set_stock(self, quantity: int) -> None:
        item = {"product_id": {"S": MUG}, "quantity": {"N": str(quantity)}}
        self.table.put_item(TableName="stock", Item=item)

    def cart(self, cart: str) -> set[str]:
        found = self.table.get_item(TableName="carts", Key={"cart_id": {"S": cart}}, ConsistentRead=True)
        return {name for name in found.get("Item", {}) if name.startswith("item:")}


def _said(process: subprocess.Popen[str]) -> list[dict[str, str]]:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    said: list[dict[str, str]] = json.loads(output)
    return said


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam") as cloud:
        yield cloud


@pytest.fixture
def shop(cloud: LocalCloud) -> Iterator[Shop]:
    tables = cloud.client("dynamodb")
    for name, keys in KEYS.items():
        tables.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )
    yield Shop(cloud, tables, _variables(cloud))
    for name in KEYS:
        tables.delete_table(TableName=name)


def _variables(cloud: LocalCloud) -> dict[str, str]:
    color = cloud.user("dynamodb", f"color-{uuid.uuid4().hex[:8]}", [f"dynamodb:{right}" for right in RIGHTS])
    credentials = color._request_signer._credentials
    return {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "CART_TABLE": "carts",
        "ORDER_TABLE": "orders",
        "STOCK_TABLE": "stock",
        "STOCK_INITIAL": "5",
    }


def wish(number: int, quantity: int = 1, **more: object) -> Wish:
    return {"account": f"a{number}", "cart": f"c{number}", "product": MUG, "quantity": quantity, **more}


def shoppers(first: int, count: int, quantity: int = 1) -> list[Wish]:
    return [wish(number, quantity) for number in range(first, first + count)]


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "never-sold"])
def test_twenty_shoppers_of_both_colors_race_for_five_items_and_five_get_one(shop: Shop, counted: bool) -> None:
    if counted:
        shop.set_stock(5)

    outcomes = shop.race(shoppers(0, 10), shoppers(10, 10))

    assert Counter(each["said"] for each in outcomes) == {"placed": 5, "OutOfStockError": 15}
    assert shop.stock() == 0
    assert {each["account_id"]["S"] for each in shop.orders()} == {
        each["account"] for each in outcomes if each["said"] == "placed"
    }


def test_who_is_refused_keeps_the_cart_and_is_told_what_is_left(shop: Shop) -> None:
    shop.set_stock(3)

    outcomes = shop.race(shoppers(0, 2, quantity=2))

    [refused] = [each for each in outcomes if each["said"] != "placed"]
    assert "Of Enamel mug only 1 are left, and you asked for 2." in refused["message"]
    assert shop.cart(refused["account"].replace("a", "c")) == {f"item:{MUG}"}
    assert shop.stock() == 1


def test_one_key_ten_times_at_once_is_one_order_and_ten_equal_answers(shop: Shop) -> None:
    key = "019ab000-0000-7000-8000-000000000001"

    outcomes = shop.race([wish(1, key=key)] * 5, [wish(1, key=key)] * 5)

    assert [(each["said"], each["order"]) for each in outcomes] == [("placed", key)] * 10
    assert len(shop.orders()) == 1
    assert shop.stock() == 4
    assert shop.cart("c1") == set()


def test_ten_keys_at_once_for_one_cart_are_one_order(shop: Shop) -> None:
    outcomes = shop.race([wish(1)] * 10)

    said = Counter(each["said"] for each in outcomes)
    assert said["placed"] == 1
    assert set(said) <= {"placed", "ChangedCartError", "EmptyCartError"}
    assert len(shop.orders()) == 1
    assert shop.stock() == 4


def test_more_than_there_ever_was_is_refused_and_nothing_is_written(shop: Shop) -> None:
    [refused] = shop.race([wish(1, quantity=6)])

    assert "Of Enamel mug only 5 are left" in refused["message"]
    assert shop.orders() == []
    assert shop.table.scan(TableName="stock")["Items"] == []
