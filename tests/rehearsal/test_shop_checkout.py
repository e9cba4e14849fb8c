"""Checkout of the real shop by HTTP: two colors on the same tables of a local cloud, with a color's rights."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.shop_process import RIGHTS, Browser, ShopProcess, color_key, create_tables, shop

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(120)]

PASSWORD = "Correct horse 9 battery"
KEYS = {"orders": ("account_id", "order_id"), "stock": ("product_id",)}
MUG = "/api/cart/items/enamel-mug"
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]+)"')


@dataclass(frozen=True)
class Town:
    """A shop of each color, and a third one whose tables of orders nobody made."""

    cloud: LocalCloud
    blue: ShopProcess
    green: ShopProcess
    broken: ShopProcess

    def items(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cloud.client("dynamodb").scan(TableName=table)["Items"]
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with ExitStack() as stack:
        cloud = stack.enter_context(started(tmp_path_factory.mktemp("cloud"), "iam"))
        create_tables(cloud)
        key = color_key(cloud)
        make_order_tables(cloud)
        variables = {
            "SESSION_SECRETS": secrets.token_urlsafe(32),
            "ORDER_TABLE": "orders",
            "STOCK_TABLE": "stock",
            **key,
        }
        missing = {**variables, "ORDER_TABLE": "no-orders", "STOCK_TABLE": "no-stock"}
        blue = stack.enter_context(shop(cloud, "blue", **variables))
        green = stack.enter_context(shop(cloud, "green", **variables))
        yield Town(cloud, blue, green, stack.enter_context(shop(cloud, "blue", **missing)))


def make_order_tables(cloud: LocalCloud) -> None:
    """Make the tables, and let the color use them and two that nobody made."""
    for name, keys in KEYS.items():
        cloud.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )
    allowed = {"Effect": "Allow", "Action": [f"dynamodb:{right}" for right in (*RIGHTS, "Query")], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    cloud.client("iam").put_user_policy(UserName="color", PolicyName="orders", PolicyDocument=document)


def shopper(origin: str, quantity: int = 1) -> Browser:
    """Somebody new with an account and so many mugs in the cart."""
    person = Browser()
    email = f"{secrets.token_hex(6)}@example.com"
    assert person.form(origin, "/register", email=email, password=PASSWORD).status == 303
    assert person.put(origin + MUG, {"quantity": quantity}).status == 200
    return person


def test_who_fills_the_cart_on_blue_orders_on_green_and_sends_the_form_again_on_blue(town: Town) -> None:
    person = shopper(town.blue.origin, quantity=2)
    form = dict(HIDDEN.findall(person.open(f"{town.blue.origin}/checkout").text.split('action="/checkout"')[1]))

    answers = [
        person.form(origin.origin, "/checkout", page="/account", **order(form)) for origin in (town.green, town.blue)
    ]

    assert [(each.status, each.headers["Location"]) for each in answers] == [(303, f"/orders/{form['key']}")] * 2
    assert "2 at $14.00" in person.open(f"{town.blue.origin}/orders/{form['key']}").text
    assert form["key"] in person.open(f"{town.green.origin}/orders").text
    assert person.cart(town.green.origin) == {}
    assert [item["order_id"]["S"] for item in town.items("orders")] == [form["key"]]
    assert {item["product_id"]["S"]: item["quantity"]["N"] for item in town.items("stock")} == {"enamel-mug": "998"}


def test_tables_that_are_missing_are_503_with_what_to_do_and_the_process_stays_up(town: Town) -> None:
    person = shopper(town.broken.origin)
    form = dict(HIDDEN.findall(person.open(f"{town.broken.origin}/checkout").text.split('action="/checkout"')[1]))

    placed = person.form(town.broken.origin, "/checkout", page="/account", **order(form))
    ready = person.open(f"{town.broken.origin}/ready")

    assert placed.status == person.open(f"{town.broken.origin}/orders").status == 503
    assert "Try again in a moment" in placed.text
    assert "no-orders" not in placed.text
    assert (ready.status, ready.json["tables"]["orders"], ready.json["tables"]["carts"]) == (503, False, True)
    assert person.cart(town.broken.origin) == {"enamel-mug": 1}
    assert town.broken.is_up


def order(form: dict[str, str]) -> dict[str, str]:
    return {name: form[name] for name in ("key", "total_cents")}
