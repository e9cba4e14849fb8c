"""Two versions of the shop, one set of data: the last release and the working tree, as processes on the same tables.

Each test runs in both directions. docs/decisions says how an item may change between two versions.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.shop_process import Answer, Browser, ShopProcess, color_key, create_tables, shop
from tests.rehearsal.shop_release import released_shop
from tests.rehearsal.test_shop_checkout import HIDDEN, MUG, PASSWORD, make_order_tables

pytestmark = [pytest.mark.rehearsal, pytest.mark.long, pytest.mark.timeout(300)]

LATER = {"S": "what only the next version knows"}
LAMP = "/api/cart/items/desk-lamp"
FUTURE_PRODUCT = "item:hover-board"


@dataclass(frozen=True)
class Shared:
    """The tables, and both versions at work on them."""

    cloud: LocalCloud
    old: ShopProcess
    new: ShopProcess

    def items(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cloud.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
        return found

    def put(self, table: str, item: dict[str, Any]) -> None:
        self.cloud.client("dynamodb").put_item(TableName=table, Item=item)

    def account(self, email: str) -> dict[str, Any]:
        return next(item for item in self.items("accounts") if item["email"]["S"] == email)

    def cart(self, cart_id: str) -> dict[str, Any]:
        return next(item for item in self.items("carts") if item["cart_id"]["S"] == cart_id)

    def session(self, email: str) -> dict[str, Any]:
        return next(item for item in self.items("sessions") if email in item.get("sess", {}).get("S", ""))

    def left(self, product: str) -> int:
        found = [item for item in self.items("stock") if item["product_id"]["S"] == product]
        return int(found[0]["quantity"]["N"]) if found else 1000


@dataclass(frozen=True)
class Pair:
    """Who writes first, and who reads it then and writes on."""

    shared: Shared
    writer: str
    reader: str


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    source = released_shop(tmp_path_factory.mktemp("release"))
    with ExitStack() as stack:
        cloud = stack.enter_context(started(tmp_path_factory.mktemp("cloud"), "iam"))
        create_tables(cloud)
        tables = {"ORDER_TABLE": "orders", "STOCK_TABLE": "stock"}
        variables = {"SESSION_SECRETS": secrets.token_urlsafe(32), **tables, **color_key(cloud)}
        make_order_tables(cloud)
        old = stack.enter_context(shop(cloud, "blue", source, **variables))
        yield Shared(cloud, old, stack.enter_context(shop(cloud, "green", **variables)))


@pytest.fixture(params=["the release writes first", "the release reads first"])
def pair(shared: Shared, request: pytest.FixtureRequest) -> Pair:
    origins = (shared.old.origin, shared.new.origin)
    return Pair(shared, *(origins if request.param == "the release writes first" else reversed(origins)))


def registered(origin: str) -> tuple[Browser, str]:
    """Somebody new, and their address."""
    person, email = Browser(), f"{secrets.token_hex(6)}@example.com"
    assert person.form(origin, "/register", email=email, password=PASSWORD).status == 303
    return person, email


def order(person: Browser, origin: str, **changes: str) -> Answer:
    """Order what is in the cart by the API."""
    offer = person.open(f"{origin}/api/checkout").json
    key = changes.get("key", offer["key"])
    body = json.dumps({"total_cents": offer["total_cents"]}).encode()
    return person.open(f"{origin}/api/orders", body, **{"Content-Type": "application/json", "Idempotency-Key": key})


def test_a_visitors_cart_is_read_and_changed_by_the_other_version_and_read_again(pair: Pair) -> None:
    visitor = Browser()
    assert visitor.put(pair.writer + MUG, {"quantity": 2}).status == 200

    seen = visitor.cart(pair.reader)
    assert visitor.put(pair.reader + LAMP, {"quantity": 1}).status == 200

    assert seen == {"enamel-mug": 2}
    assert visitor.cart(pair.writer) == visitor.cart(pair.reader) == {"enamel-mug": 2, "desk-lamp": 1}


def test_who_logged_in_on_one_version_is_logged_in_on_the_other_with_the_same_cart(pair: Pair) -> None:
    person, email = registered(pair.writer)
    assert person.put(pair.writer + MUG, {"quantity": 3}).status == 200

    assert person.open(f"{pair.reader}/api/account").json["email"] == email
    assert person.cart(pair.reader) == {"enamel-mug": 3}
    assert person.form(pair.reader, "/logout", page="/account").status == 303
    assert person.open(f"{pair.writer}/api/account").status == 401


def test_a_visitors_cart_of_one_version_is_taken_over_at_a_login_on_the_other(pair: Pair) -> None:
    _, email = registered(pair.writer)
    visitor = Browser()
    assert visitor.put(pair.writer + MUG, {"quantity": 1}).status == 200

    assert visitor.form(pair.reader, "/login", email=email.upper(), password=PASSWORD).status == 303

    assert visitor.cart(pair.writer) == visitor.cart(pair.reader) == {"enamel-mug": 1}


def test_a_password_that_one_version_changes_counts_on_both_and_ends_other_sessions(pair: Pair) -> None:
    person, email = registered(pair.writer)
    elsewhere, later = Browser(), Browser()
    assert elsewhere.form(pair.writer, "/login", email=email, password=PASSWORD).status == 303
    changed = {"current_password": PASSWORD, "new_password": f"{PASSWORD} 2"}

    assert person.form(pair.reader, "/account/password", page="/account", **changed).status == 303

    assert person.open(f"{pair.writer}/api/account").status == 200
    assert elsewhere.open(f"{pair.writer}/api/account").status == 401
    assert later.form(pair.writer, "/login", email=email, password=f"{PASSWORD} 2").status == 303


def test_wrong_passwords_are_counted_by_both_versions_together(pair: Pair) -> None:
    _, email = registered(pair.writer)
    body = json.dumps({"email": email, "password": "wrong"}).encode()
    origins = [pair.writer, pair.writer, pair.writer, pair.reader, pair.reader, pair.reader, pair.writer]

    said = [Browser().open(f"{each}/api/session", body, **{"Content-Type": "application/json"}) for each in origins]

    assert [each.status for each in said] == [401] * 5 + [429] * 2


def test_an_order_of_one_version_is_shown_by_the_other_which_does_not_place_it_again(pair: Pair) -> None:
    person, _ = registered(pair.writer)
    assert person.put(pair.writer + MUG, {"quantity": 2}).status == 200
    before = pair.shared.left("enamel-mug")
    placed = order(person, pair.writer).json

    body, key = json.dumps({"total_cents": placed["total_cents"]}).encode(), placed["order_id"]
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    again = person.open(f"{pair.reader}/api/orders", body, **headers)

    assert placed["items"] == [
        {
            "product_id": "enamel-mug",
            "name": "Enamel mug",
            "quantity": 2,
            "price_cents": 1400,
            "total_cents": 2800,
        }
    ]
    assert (again.status, again.json) == (201, placed)
    assert person.open(f"{pair.reader}/api/orders").json["orders"] == [placed]
    assert re.search(r"Enamel mug.*2 at \$14\.00", person.open(f"{pair.reader}/orders/{key}").text, re.DOTALL)
    assert person.cart(pair.reader) == {}
    assert pair.shared.left("enamel-mug") == before - 2


def test_a_form_of_one_versions_checkout_is_sent_to_the_other(pair: Pair) -> None:
    person, _ = registered(pair.writer)
    assert person.put(pair.writer + LAMP, {"quantity": 1}).status == 200
    form = dict(HIDDEN.findall(person.open(f"{pair.writer}/checkout").text.split('action="/checkout"')[1]))
    form.pop("_csrf")

    sent = person.form(pair.reader, "/checkout", page="/account", **form)

    assert (sent.status, sent.headers["Location"]) == (303, f"/orders/{form['key']}")
    assert [each["order_id"] for each in person.open(f"{pair.writer}/api/orders").json["orders"]] == [form["key"]]


def test_orders_of_both_versions_in_turn_add_up_in_the_stock_and_in_the_history(pair: Pair) -> None:
    person, _ = registered(pair.writer)
    before = pair.shared.left("enamel-mug")
    for origin in (pair.writer, pair.reader) * 3:
        assert person.put(origin + MUG, {"quantity": 1}).status == 200
        assert order(person, origin).status == 201

    histories = [person.open(f"{origin}/api/orders").json for origin in (pair.writer, pair.reader)]

    assert len(histories[0]["orders"]) == 6
    assert histories[0] == histories[1]
    assert pair.shared.left("enamel-mug") == before - 6


def test_one_version_refuses_what_the_other_sold_out(pair: Pair) -> None:
    person, _ = registered(pair.writer)
    pair.shared.put("stock", {"product_id": {"S": "wool-blanket"}, "quantity": {"N": "1"}})
    blanket = "/api/cart/items/wool-blanket"
    assert person.put(pair.writer + blanket, {"quantity": 1}).status == 200
    assert order(person, pair.writer).status == 201
    assert person.put(pair.reader + blanket, {"quantity": 1}).status == 200

    refused = order(person, pair.reader)

    assert (refused.status, pair.shared.left("wool-blanket")) == (409, 0)
    assert person.cart(pair.writer) == {"wool-blanket": 1}


def test_what_the_next_version_adds_to_a_cart_is_kept_by_every_write_of_either(pair: Pair) -> None:
    person, email = registered(pair.writer)
    assert person.put(pair.writer + MUG, {"quantity": 1}).status == 200
    cart_id = pair.shared.account(email)["cart_id"]["S"]
    pair.shared.put("carts", {**pair.shared.cart(cart_id), "later": LATER, FUTURE_PRODUCT: {"N": "2"}})

    for origin in (pair.writer, pair.reader):
        assert person.put(origin + MUG, {"quantity": 2}).status == 200
        assert person.form(origin, "/cart/items/desk-lamp", page="/products/desk-lamp", quantity="1").status == 303
        assert person.open(origin + LAMP, method="DELETE").status == 200
        assert person.cart(origin) == {"enamel-mug": 2}
        assert order(person, origin).status == 201

    kept = pair.shared.cart(cart_id)
    assert (kept["later"], kept[FUTURE_PRODUCT], "item:enamel-mug" in kept) == (LATER, {"N": "2"}, False)


def test_what_the_next_version_adds_to_a_cart_is_kept_when_a_visitors_cart_is_put_into_it(pair: Pair) -> None:
    person, email = registered(pair.writer)
    assert person.put(pair.writer + MUG, {"quantity": 1}).status == 200
    cart_id = pair.shared.account(email)["cart_id"]["S"]
    pair.shared.put("carts", {**pair.shared.cart(cart_id), "later": LATER})
    visitor = Browser()
    assert visitor.put(pair.reader + LAMP, {"quantity": 1}).status == 200

    assert visitor.form(pair.reader, "/login", email=email, password=PASSWORD).status == 303

    assert pair.shared.cart(cart_id)["later"] == LATER
    assert visitor.cart(pair.writer) == {"enamel-mug": 1, "desk-lamp": 1}


def test_what_the_next_version_adds_to_an_account_is_kept_when_the_password_changes(pair: Pair) -> None:
    person, email = registered(pair.writer)
    pair.shared.put("accounts", {**pair.shared.account(email), "later": LATER, "schema": {"N": "2"}})

    for origin, old, new in ((pair.writer, "", " 2"), (pair.reader, " 2", " 3")):
        words = {"current_password": PASSWORD + old, "new_password": PASSWORD + new}
        assert person.form(origin, "/account/password", page="/account", **words).status == 303

    kept = pair.shared.account(email)
    assert (kept["later"], kept["schema"], kept["generation"]) == (LATER, {"N": "2"}, {"N": "3"})
    assert person.open(f"{pair.writer}/api/account").json["email"] == email


def test_what_the_next_version_adds_to_a_session_is_kept_when_it_is_renewed(pair: Pair) -> None:
    person, email = registered(pair.writer)
    item = pair.shared.session(email)
    session = json.loads(item["sess"]["S"])
    session["later"], session["person"]["later"] = "of the session", "of the person"
    soon = str(int(time.time()) + 3600)
    pair.shared.put("sessions", {**item, "sess": {"S": json.dumps(session)}, "later": LATER, "expires": {"N": soon}})

    for origin in (pair.writer, pair.reader):
        assert person.open(f"{origin}/api/account").status == 200

    kept = pair.shared.session(email)
    data = json.loads(kept["sess"]["S"])
    assert int(kept["expires"]["N"]) > int(soon) + 3600
    assert (kept["later"], data["later"], data["person"]["later"]) == (LATER, "of the session", "of the person")


def test_what_the_next_version_adds_to_an_order_and_to_the_stock_is_read_over_and_kept(pair: Pair) -> None:
    person, email = registered(pair.writer)
    pair.shared.put("stock", {"product_id": {"S": "canvas-tote"}, "quantity": {"N": "50"}, "later": LATER})
    assert person.put(f"{pair.writer}/api/cart/items/canvas-tote", {"quantity": 1}).status == 200
    placed = order(person, pair.writer).json
    account_id = pair.shared.account(email)["account_id"]["S"]
    stored = next(item for item in pair.shared.items("orders") if item["account_id"]["S"] == account_id)
    pair.shared.put("orders", {**stored, "later": LATER, "schema": {"N": "2"}})
    assert person.put(f"{pair.reader}/api/cart/items/canvas-tote", {"quantity": 1}).status == 200
    assert order(person, pair.reader).status == 201

    seen = person.open(f"{pair.reader}/api/orders/{placed['order_id']}").json

    assert seen == placed
    kept = next(item for item in pair.shared.items("stock") if item["product_id"]["S"] == "canvas-tote")
    assert (kept["later"], kept["quantity"]) == (LATER, {"N": "48"})
    (first,) = [item for item in pair.shared.items("orders") if item["order_id"] == stored["order_id"]]
    assert first == {**stored, "later": LATER, "schema": {"N": "2"}}
