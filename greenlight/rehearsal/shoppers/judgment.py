"""Whether everybody's books agree with what the shop says, and with what is in its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from greenlight.rehearsal.shoppers.ledger import Ledger, Quantities
from greenlight.rehearsal.shoppers.shop_tables import TablesSeen

SHOWN = 3
"""So many of each kind of complaint are said word for word."""


@dataclass(frozen=True)
class Shopping:
    """What people did, and what was in the tables before and afterwards."""

    ledgers: Sequence[Ledger]
    before: TablesSeen
    after: TablesSeen
    people: int

    @property
    def placed(self) -> int:
        """Orders that the shop confirmed."""
        return sum(len(ledger.placed) for ledger in self.ledgers)

    @property
    def summary(self) -> str:
        """The figures, for people."""
        repeated = sum(ledger.repeated for ledger in self.ledgers)
        logins = sum(ledger.logins for ledger in self.ledgers)
        return f"{len(self.ledgers)} people, {logins} logins, {self.placed} orders, {repeated} of them sent twice"


def complaints_about(shopping: Shopping) -> Iterator[str]:
    """Say what speaks against: nobody is logged out, no cart and no order is lost or doubled, the stock adds up."""
    ledgers = shopping.ledgers
    if len(ledgers) < shopping.people:
        yield f"{len(ledgers)} people kept a ledger, wanted {shopping.people}"
    yield from _some(each for ledger in ledgers for each in ledger.complaints)
    yield from _some(f"{ledger.email} was not logged in to the end" for ledger in ledgers if not ledger.stayed)
    yield from _some(each for ledger in ledgers for each in _about_one(ledger, shopping.after))
    yield from _about_the_stock(shopping)
    yield from _that_something_happened(shopping)


def _that_something_happened(shopping: Shopping) -> Iterator[str]:
    idle = sum(not ledger.placed for ledger in shopping.ledgers)
    if idle > shopping.people // 5:
        yield f"{idle} people ordered nothing, wanted {shopping.people // 5} at most"
    if not any(ledger.repeated for ledger in shopping.ledgers):
        yield "nobody sent an order twice"
    returned = sum(bool(ledger.logins) for ledger in shopping.ledgers)
    if returned < shopping.people // 10:
        yield f"{returned} people logged out and in again, wanted {shopping.people // 10} at least"


def _about_one(ledger: Ledger, tables: TablesSeen) -> Iterator[str]:
    who, kept = ledger.email, tables.orders.get(ledger.email, {})
    if lost := sorted(ledger.placed.keys() - kept.keys()):
        yield f"{who} placed {', '.join(lost)}, which the table does not have"
    if unknown := sorted(kept.keys() - ledger.placed.keys() - ledger.sent.keys()):
        yield f"{who} never ordered {', '.join(unknown)}, which the table has"
    for key in sorted(ledger.placed.keys() & kept.keys()):
        if ledger.placed[key] != kept[key]:
            yield f"{who}: the table has {kept[key]} in {key}, wanted {ledger.placed[key]}"
    if ledger.shown_orders != sorted(kept):
        yield f"{who} was shown {ledger.shown_orders} at the end, and the table has {sorted(kept)}"
    if not ledger.cart == ledger.shown_cart == tables.carts.get(who, {}):
        yield f"{who} has {ledger.cart} in the cart, was shown {ledger.shown_cart}; the table: {tables.carts.get(who)}"


def _about_the_stock(shopping: Shopping) -> Iterator[str]:
    before, after = shopping.before, shopping.after
    if after.stray:
        yield f"{after.stray} orders are of accounts that are not there"
    sold = _sold(after.orders) - _sold(before.orders)
    for product in sorted(before.stock.keys() | after.stock.keys()):
        had, left = before.stock.get(product, 0), after.stock.get(product, 0)
        if had - sold[product] != left or left < 0:
            yield f"of {product} there were {had}, {sold[product]} were sold and {left} are left"
    if unknown := sorted(sold.keys() - before.stock.keys()):
        yield f"{', '.join(unknown)} was sold, and there never was any"


def _sold(orders: Mapping[str, Mapping[str, Quantities]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for own in orders.values():
        for lines in own.values():
            total.update(lines)
    return total


def _some(complaints: Iterator[str]) -> Iterator[str]:
    found = list(complaints)
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield f"and {len(found) - SHOWN} more like that"
