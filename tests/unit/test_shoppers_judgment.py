"""What people who shopped can complain of: each thing that must not happen is found in books and tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from greenlight.rehearsal.shoppers.judgment import Shopping, complaints_about
from greenlight.rehearsal.shoppers.shop_tables import TablesSeen
from tests.unit.seen import shopping

PEOPLE = 20
FIRST = "shopper-0@example.com"


def complaints(found: Shopping) -> list[str]:
    return list(complaints_about(found))


def with_tables(change: Callable[[TablesSeen], TablesSeen]) -> Shopping:
    found = shopping(PEOPLE)
    return replace(found, after=change(found.after))


def with_orders(lines: dict[str, dict[str, int]], left: int) -> Shopping:
    """The table has these orders of the first person, and so many mugs are left."""
    return with_tables(
        lambda tables: replace(tables, orders={**tables.orders, FIRST: lines}, stock={"mug": left}),
    )


LEFT = 1000 - 2 * PEOPLE


def test_books_and_tables_that_agree_are_no_complaint() -> None:
    assert complaints(shopping(PEOPLE)) == []


def test_an_order_that_is_placed_twice_is_found_by_its_person_and_in_the_stock_it_took() -> None:
    doubled = with_orders({"k1": {"mug": 2}, "k2": {"mug": 2}}, LEFT - 2)

    assert complaints(doubled) == [
        f"{FIRST} never ordered k2, which the table has",
        f"{FIRST} was shown ['k1'] at the end, and the table has ['k1', 'k2']",
    ]


def test_an_order_that_took_its_stock_twice_does_not_add_up() -> None:
    assert complaints(with_orders({"k1": {"mug": 2}}, LEFT - 2)) == [
        f"of mug there were 1000, {2 * PEOPLE} were sold and {LEFT - 2} are left"
    ]


def test_more_sold_than_there_was_is_a_complaint_although_it_adds_up() -> None:
    found = shopping(PEOPLE)
    short = replace(
        found, before=replace(found.before, stock={"mug": 5}), after=replace(found.after, stock={"mug": 5 - 2 * PEOPLE})
    )

    assert complaints(short) == [f"of mug there were 5, {2 * PEOPLE} were sold and {5 - 2 * PEOPLE} are left"]


def test_an_order_that_is_lost_is_found() -> None:
    assert complaints(with_orders({}, LEFT + 2)) == [
        f"{FIRST} placed k1, which the table does not have",
        f"{FIRST} was shown ['k1'] at the end, and the table has []",
    ]


def test_an_order_with_other_lines_is_found() -> None:
    assert complaints(with_orders({"k1": {"mug": 3}}, LEFT - 1)) == [
        f"{FIRST}: the table has {{'mug': 3}} in k1, wanted {{'mug': 2}}"
    ]


def test_an_order_of_nobody_is_found() -> None:
    assert complaints(with_tables(lambda tables: replace(tables, stray=1))) == [
        "1 orders are of accounts that are not there"
    ]


def test_a_product_that_never_was_there_cannot_be_sold() -> None:
    found = with_orders({"k1": {"mug": 2}, "k0": {"lamp": 1}}, LEFT)

    assert "lamp was sold, and there never was any" in complaints(found)


def test_a_cart_that_the_table_lost_is_found() -> None:
    [found] = complaints(with_tables(lambda tables: replace(tables, carts={**tables.carts, FIRST: {}})))

    assert found == f"{FIRST} has {{'mug': 1}} in the cart, was shown {{'mug': 1}}; the table: {{}}"


def test_a_cart_that_was_shown_otherwise_at_the_end_is_found() -> None:
    found = shopping(PEOPLE)
    found.ledgers[0].shown_cart = {}

    assert [f"{FIRST} has" in each for each in complaints(found)] == [True]


def test_who_was_not_logged_in_to_the_end_is_found() -> None:
    found = shopping(PEOPLE)
    found.ledgers[0].stayed = False

    assert complaints(found) == [f"{FIRST} was not logged in to the end"]


def test_what_people_complained_of_is_passed_on_three_word_for_word_and_the_rest_counted() -> None:
    found = shopping(PEOPLE)
    for ledger in found.ledgers[:5]:
        ledger.complaints.append(f"{ledger.email}: logged out")

    assert complaints(found) == [
        *(f"shopper-{number}@example.com: logged out" for number in range(3)),
        "and 2 more like that",
    ]


@pytest.mark.parametrize(
    ("ordered", "complaint"),
    [(PEOPLE - 4, None), (PEOPLE - 5, "5 people ordered nothing, wanted 4 at most")],
)
def test_a_fifth_of_the_people_may_order_nothing(ordered: int, complaint: str | None) -> None:
    found = shopping(PEOPLE)
    for ledger in found.ledgers[ordered:]:
        ledger.placed, ledger.sent, ledger.shown_orders = {}, {}, []
    orders = {ledger.email: ledger.placed for ledger in found.ledgers}
    found = replace(
        found,
        after=replace(found.after, orders={**found.before.orders, **orders}, stock={"mug": 1000 - 2 * ordered}),
    )

    assert complaints(found) == ([complaint] if complaint else [])


def test_without_an_order_that_was_sent_twice_nothing_is_proved_about_it() -> None:
    found = shopping(PEOPLE)
    for ledger in found.ledgers:
        ledger.repeated = 0

    assert complaints(found) == ["nobody sent an order twice"]


def test_without_people_who_log_in_again_nothing_is_proved_about_logins() -> None:
    found = shopping(PEOPLE)
    for ledger in found.ledgers[1:]:
        ledger.logins = 0

    assert complaints(found) == ["1 people logged out and in again, wanted 2 at least"]
