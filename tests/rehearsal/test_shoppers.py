"""The shoppers with two real colors of the shop: they find nothing wrong where nothing is, and whatever is broken."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.acts.shoppers import is_bad
from greenlight.rehearsal.shoppers.browser import Browser
from greenlight.rehearsal.shoppers.crowd import address, products_of
from greenlight.rehearsal.shoppers.judgment import Shopping, complaints_about
from greenlight.rehearsal.shoppers.process import Shoppers, ShoppersOrder
from greenlight.rehearsal.shoppers.shop_tables import ShopTables
from greenlight.rehearsal.traffic.place import place
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.waiting import wait_until
from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.shop_process import color_key, create_tables, shop
from tests.rehearsal.test_shop_checkout import make_order_tables
from tests.rehearsal.turn_taker import taking_turns

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(180)]

NAMES = {"CART_TABLE": "carts", "ACCOUNT_TABLE": "accounts", "ORDER_TABLE": "orders", "STOCK_TABLE": "stock"}
PEOPLE = 6
STOCK = 500
MOST_SECONDS = 30.0
"""Where something is broken, nobody may ever order."""


@dataclass(frozen=True)
class Town:
    """A cloud with the shop's tables, what both colors are told, and the tables seen past the shop."""

    cloud: LocalCloud
    variables: dict[str, str]
    tables: ShopTables
    folder: Path

    def everybody_has_ordered(self) -> bool:
        orders = self.tables.look().orders
        return len(orders) == PEOPLE and all(orders.values())

    def shops(self, meanwhile: Callable[[], None] = lambda: None, **of_green: str) -> Visit:
        """People shop while each request goes to the other color; green is told something else if it is said."""
        with ExitStack() as stack:
            colors = [
                stack.enter_context(shop(self.cloud, color, **{**self.variables, **more}))
                for color, more in (("blue", {}), ("green", of_green))
            ]
            url = stack.enter_context(taking_turns([each.origin for each in colors]))
            processes = stack.enter_context(Processes())
            self.tables.stock_up(products_of(Browser(place(colors[0].origin), address(0))), STOCK)
            before = self.tables.look()
            order = ShoppersOrder(url, "", None, self.folder / f"{secrets.token_hex(4)}.jsonl", PEOPLE, (0.02, 0.1))
            with Shoppers(order, self.folder / "shoppers.log", processes, lambda _: None) as people:
                wait_until(self.everybody_has_ordered, MOST_SECONDS)
                meanwhile()
                ledgers, records = people.stop()
        return Visit(Shopping(ledgers, before, self.tables.look(), PEOPLE), list(records))


@dataclass(frozen=True)
class Visit:
    """What people did, and every request of theirs."""

    shopping: Shopping
    records: list[RequestRecord]

    @property
    def complaints(self) -> str:
        return "\n".join(complaints_about(self.shopping))


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    with started(tmp_path, "iam") as cloud:
        create_tables(cloud)
        key = color_key(cloud)
        make_order_tables(cloud)
        cloud.client("dynamodb").create_table(
            TableName="green-carts",
            KeySchema=[{"AttributeName": "cart_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "cart_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        allow_everything_in_dynamodb(cloud)
        variables = {"SESSION_SECRETS": secrets.token_urlsafe(32), "ORDER_TABLE": "orders", "STOCK_TABLE": "stock"}
        yield Town(cloud, {**variables, **key}, ShopTables(NAMES, resource(cloud)), tmp_path)


def allow_everything_in_dynamodb(cloud: LocalCloud) -> None:
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}'
    cloud.client("iam").put_user_policy(UserName="color", PolicyName="all", PolicyDocument=document)


def resource(cloud: LocalCloud) -> Any:
    return boto3.resource(
        "dynamodb",
        endpoint_url=cloud.endpoint,
        region_name=REGION,
        aws_access_key_id=cloud.keys.access_key,
        aws_secret_access_key=cloud.keys.secret_key,
    )


def test_people_who_are_sent_from_color_to_color_find_everything_in_order(town: Town) -> None:
    visit = town.shops()

    assert visit.complaints == ""
    assert visit.shopping.placed >= PEOPLE
    assert {record.color for record in visit.records} == {"blue", "green"}
    assert [record for record in visit.records if is_bad(record)] == []


def test_a_color_with_a_secret_of_its_own_logs_people_out_and_they_say_so(town: Town) -> None:
    visit = town.shops(SESSION_SECRETS=secrets.token_urlsafe(32))

    assert "was not logged in to the end" in visit.complaints or "/login" in visit.complaints
    assert any(record.status == 401 for record in visit.records)


def test_a_color_with_a_table_of_carts_of_its_own_is_found_in_the_carts(town: Town) -> None:
    visit = town.shops(CART_TABLE="green-carts")

    assert "the cart: got" in visit.complaints


def test_an_order_that_is_there_twice_is_found(town: Town) -> None:
    def double() -> None:
        orders = town.tables._table("ORDER_TABLE")
        assert wait_until(lambda: orders.scan()["Items"], 20)
        item = orders.scan()["Items"][0]
        orders.put_item(Item={**item, "order_id": "01990000-0000-7000-8000-000000000000"})

    visit = town.shops(double)

    assert "never ordered 01990000-0000-7000-8000-000000000000, which the table has" in visit.complaints
    assert "were sold and" in visit.complaints
