"""Accounts and sessions of the real shop: two colors on the same tables of a local cloud, with a color's rights."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.shop_process import MISSING, Browser, ShopProcess, color_key, create_tables, shop

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(120)]

PASSWORD = "Correct horse 9 battery"
OLD, NEW = (secrets.token_urlsafe(32) for _ in range(2))


@dataclass(frozen=True)
class Town:
    """The cloud, and a shop of each color; green has the newest secret already."""

    cloud: LocalCloud
    blue: ShopProcess
    green: ShopProcess

    def items(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cloud.client("dynamodb").scan(TableName=table)["Items"]
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with ExitStack() as stack:
        cloud = stack.enter_context(started(tmp_path_factory.mktemp("cloud"), "iam"))
        create_tables(cloud)
        key = color_key(cloud)
        blue = stack.enter_context(shop(cloud, "blue", SESSION_SECRETS=f"{OLD},{NEW}", **key))
        green = stack.enter_context(shop(cloud, "green", SESSION_SECRETS=f"{NEW},{OLD}", **key))
        yield Town(cloud, blue, green)


def registered(origin: str, email: str) -> Browser:
    """Somebody with an account, logged in."""
    person = Browser()
    assert person.form(origin, "/register", email=email, password=PASSWORD).status == 303
    return person


def test_who_logged_in_on_one_color_is_logged_in_on_the_other_and_out_on_both(town: Town) -> None:
    person = registered(town.blue.origin, "Two.Colors@example.com")

    for origin in (town.green.origin, town.blue.origin, town.green.origin):
        assert "Two.Colors@example.com" in person.open(f"{origin}/account").text

    stolen = Browser()
    for cookie in person.jar:
        stolen.jar.set_cookie(cookie)
    assert person.form(town.green.origin, "/logout", page="/account").status == 303
    assert stolen.open(f"{town.blue.origin}/account").status == 303


def test_the_password_is_kept_as_a_hash_of_work_factor_12_and_the_session_with_a_whole_second_as_its_end(
    town: Town,
) -> None:
    registered(town.blue.origin, "hash@example.com")

    (account,) = (item for item in town.items("accounts") if item["email"]["S"] == "hash@example.com")
    assert account["password_hash"]["S"].startswith("$2b$12$")
    for session in town.items("sessions"):
        assert 0 < int(session["expires"]["N"]) - time.time() <= 24 * 3600 + 1


def test_a_login_flood_on_both_colors_is_locked_after_five_wrong_passwords(town: Town) -> None:
    registered(town.blue.origin, "flood@example.com")
    origins = [town.blue.origin, town.green.origin] * 6

    def guess(origin: str) -> int:
        return Browser().form(origin, "/login", email="FLOOD@example.com", password="Wrong horse 9 battery").status

    with ThreadPoolExecutor(len(origins)) as pool:
        answers = list(pool.map(guess, origins))

    assert (answers.count(401), answers.count(429)) == (5, 7)
    locked = Browser().form(town.green.origin, "/login", email="flood@example.com", password=PASSWORD)
    assert locked.status == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900


def test_the_cart_of_a_visitor_is_taken_over_once_however_often_the_login_is_sent(town: Town) -> None:
    person = registered(town.blue.origin, "cart@example.com")
    person.put(f"{town.blue.origin}/api/cart/items/desk-lamp", {"quantity": 60})
    visitor = Browser()
    visitor.put(f"{town.blue.origin}/api/cart/items/desk-lamp", {"quantity": 60})
    visitor.put(f"{town.green.origin}/api/cart/items/enamel-mug", {"quantity": 2})

    def log_in(origin: str) -> Browser:
        window = Browser()
        for cookie in visitor.jar:
            window.jar.set_cookie(cookie)
        assert window.form(origin, "/login", email="cart@example.com", password=PASSWORD).status == 303
        return window

    with ThreadPoolExecutor(4) as pool:
        windows = list(pool.map(log_in, [town.blue.origin, town.green.origin] * 2))

    for window in [person, *windows]:
        assert window.cart(town.green.origin) == {"desk-lamp": 99, "enamel-mug": 2}
    assert visitor.cart(town.blue.origin) == {}


def test_who_comes_back_after_the_cart_expired_logs_in_with_the_same_product_in_the_new_one(town: Town) -> None:
    registered(town.blue.origin, "away@example.com").put(
        f"{town.blue.origin}/api/cart/items/desk-lamp", {"quantity": 2}
    )
    (account,) = (item for item in town.items("accounts") if item["email"]["S"] == "away@example.com")
    expired = str(int(time.time()) - 100)
    town.cloud.client("dynamodb").update_item(
        TableName="carts",
        Key={"cart_id": account["cart_id"]},
        UpdateExpression="SET expires_at = :expired",
        ExpressionAttributeValues={":expired": {"N": expired}},
    )
    visitor = Browser()
    visitor.put(f"{town.green.origin}/api/cart/items/desk-lamp", {"quantity": 1})

    answer = visitor.form(town.green.origin, "/login", email="away@example.com", password=PASSWORD)

    assert answer.status == 303
    assert visitor.cart(town.blue.origin) == {"desk-lamp": 1}


def test_a_new_password_ends_the_sessions_on_the_other_color(town: Town) -> None:
    here = registered(town.blue.origin, "change@example.com")
    there = Browser()
    there.form(town.green.origin, "/login", email="change@example.com", password=PASSWORD)
    fields = {"current_password": PASSWORD, "new_password": "Another 8 staple"}

    assert here.form(town.blue.origin, "/account/password", page="/account", **fields).status == 303

    assert here.open(f"{town.green.origin}/account").status == 200
    assert there.open(f"{town.green.origin}/account").status == 303


def test_two_who_register_the_same_address_at_once_are_one_account(town: Town) -> None:
    def register(origin: str) -> int:
        return Browser().form(origin, "/register", email="race@example.com", password=PASSWORD).status

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(register, (town.blue.origin, town.green.origin)))

    assert answers == [303, 409]


def test_without_its_tables_the_shop_stays_up_says_503_and_writes_nothing_that_it_should_not(town: Town) -> None:
    nowhere = dict(zip(("ACCOUNT_TABLE", "SESSION_TABLE"), MISSING, strict=True))
    with shop(town.cloud, "blue", SESSION_SECRETS=OLD, **color_key_of(town), **nowhere) as lost:
        person = Browser()
        assert person.open(f"{lost.origin}/").status == 200
        answer = person.form(lost.origin, "/login", email="lost@example.com", password=PASSWORD)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert lost.is_up

    log = lost.output.read_text()
    assert "ResourceNotFoundException" in log
    for secret in ("lost@example.com", PASSWORD, OLD, *(cookie.value or "-" for cookie in person.jar)):
        assert secret not in log


def color_key_of(town: Town) -> dict[str, str]:
    """A new key for the user who may do what a color may."""
    key = town.cloud.client("iam").create_access_key(UserName="color")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
