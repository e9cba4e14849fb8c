"""One person with an account: comes in, shops for as long as the shop is open, and looks back at the end."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

from greenlight.rehearsal.shoppers.browser import Browser, FailedRequestError
from greenlight.rehearsal.shoppers.ledger import Ledger, Quantities
from greenlight.rehearsal.shoppers.ways import RefusedError, Way, expect

PASSWORD = "Rehearsed as people shop 1"
"""Of accounts in a local cloud that ends with the run."""
SESSION = "session"
MOST_AT_ONCE = 3
"""So many of a product are put in at most."""
FULL = 12
"""Whoever has so many in the cart goes to the checkout, others sometimes."""
ORDER_SHARE, AGAIN_SHARE, TWICE_SHARE = 0.85, 0.3, 0.3
WORDS = ("steel", "wool", "coffee", "lamp", "nothing like it")


class Shopper:
    """Does what people do, and writes into a ledger what must come of it."""

    def __init__(self, browser: Browser, way: Way, ledger: Ledger, products: Sequence[str], chance: random.Random):
        self._browser, self._way, self._products, self._chance = browser, way, products, chance
        self.ledger = ledger
        self._session = ""
        self._kept: Quantities = {}

    def come_in(self) -> None:
        """Get an account, and something in the cart."""
        self._try(self._register, self._fill)

    def leave_and_return(self) -> None:
        """Log out, fill a visitor's cart, and log in: it becomes part of the account's."""
        self._try(self._leave, self._fill, self._log_in, self._look_into_cart)

    def shop(self, closed: threading.Event, think: tuple[float, float], now: Callable[[], bool]) -> None:
        """Do one thing after the other until the shop closes; leave and return once, as soon as `now` says so."""
        deeds = [self._fill, self._sometimes_order, self._look_at_orders, self._browse, self._look_into_cart]
        first = self._chance.randrange(len(deeds))  # or all would order at the same time
        deeds, returned = [*deeds[first:], *deeds[:first]], False
        while not closed.is_set():
            for deed in deeds:
                if closed.wait(self._chance.uniform(*think)):
                    return
                self._try(deed)
            if not returned and now():
                returned = True
                self.leave_and_return()

    def look_back(self) -> None:
        """Ask the shop what it knows of this person."""
        self._try(self._look_back)

    def _try(self, *deeds: Callable[[], None]) -> None:
        """After what went wrong one goes on with what the shop says. That something did is a complaint already."""
        try:
            for deed in deeds:
                deed()
        except (FailedRequestError, RefusedError) as error:
            self.ledger.complaints.append(f"{self.ledger.email}: {error}")
            self._start_anew()

    def _start_anew(self) -> None:
        try:
            self.ledger.cart = self._cart()
        except (FailedRequestError, RefusedError):
            return

    def _register(self) -> None:
        self._way.register(self.ledger.email, PASSWORD)
        self._session = self._session_id()

    def _leave(self) -> None:
        self._way.log_out()
        self._kept, self.ledger.cart = self.ledger.cart, {}

    def _log_in(self) -> None:
        self._way.log_in(self.ledger.email, PASSWORD)
        self.ledger.logins += 1
        self._session = self._session_id()
        for product, quantity in self._kept.items():
            self.ledger.put_in(product, quantity)

    def _session_id(self) -> str:
        """What is before the signature: another secret signs the same session anew."""
        return self._browser.cookies.get(SESSION, "").partition(".")[0]

    def _browse(self) -> None:
        product, word = self._chance.choice(self._products), self._chance.choice(WORDS).replace(" ", "+")
        for path in (f"/?q={word}", f"/products/{product}"):
            expect(self._browser.get(path), 200, path)

    def _fill(self) -> None:
        product, quantity = self._chance.choice(self._products), self._chance.randint(1, MOST_AT_ONCE)
        self._way.put_in(product, quantity, self.ledger.cart.get(product, 0))
        self.ledger.put_in(product, quantity)

    def _look_into_cart(self) -> None:
        self.ledger.expect("the cart", self._cart(), self.ledger.cart)

    def _cart(self) -> Quantities:
        items = expect(self._browser.call("GET", "/api/cart"), 200, "/api/cart").json["items"]
        return {item["product_id"]: item["quantity"] for item in items}

    def _sometimes_order(self) -> None:
        full = sum(self.ledger.cart.values()) >= FULL
        if self.ledger.cart and (full or self._chance.random() < ORDER_SHARE):
            self._order()

    def _order(self) -> None:
        offer = self._way.offer()
        wanted = self.ledger.order(offer.key)
        placed = self._sent(offer.send)
        self.ledger.confirm(offer.key)
        self.ledger.expect("the ids of one order", placed, {offer.key})
        path = f"/api/orders/{offer.key}"
        items = expect(self._browser.call("GET", path), 200, path).json["items"]
        self.ledger.expect("an order", {item["product_id"]: item["quantity"] for item in items}, wanted)

    def _sent(self, send: Callable[[], str]) -> set[str]:
        """Send an order: once, once more afterwards, or twice at the same moment, as a double click does."""
        chance = self._chance.random()
        if chance < TWICE_SHARE:
            self.ledger.repeated += 1
            return _at_once(send)
        placed = {send()}
        if chance < TWICE_SHARE + AGAIN_SHARE:
            self.ledger.repeated += 1
            placed.add(send())
        return placed

    def _look_at_orders(self) -> None:
        said = expect(self._browser.call("GET", "/api/account"), 200, "/api/account").json
        self.ledger.expect("the account", said["email"], self.ledger.email)
        self.ledger.expect("the orders", self._orders(), sorted(self.ledger.placed))

    def _orders(self) -> list[str]:
        """The ids of all of them; a page has fifty."""
        found: list[str] = []
        more = True
        while more:
            path = f"/api/orders?before={found[-1]}" if found else "/api/orders"
            said = expect(self._browser.call("GET", path), 200, "/api/orders").json
            found += [order["order_id"] for order in said["orders"]]
            more = said["has_older"]
        return sorted(found)

    def _look_back(self) -> None:
        account = self._browser.call("GET", "/api/account")
        self.ledger.stayed = account.status == 200 and self._session != "" and self._session == self._session_id()
        self.ledger.shown_cart = self._cart()
        self.ledger.shown_orders = self._orders()


def _at_once(send: Callable[[], str]) -> set[str]:
    """Both answers have to be the same order. What keeps the second click from its answer is raised here."""
    said: list[str | FailedRequestError | RefusedError] = []

    def click() -> None:
        try:
            said.append(send())
        except (FailedRequestError, RefusedError) as error:
            said.append(error)

    second = threading.Thread(target=click, daemon=True)
    second.start()
    click()
    second.join()
    for each in said:
        if not isinstance(each, str):
            raise each
    return {str(each) for each in said}
