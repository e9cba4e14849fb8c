"""The two ways to use the shop: its pages, with forms and their tokens, and its JSON API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from greenlight.rehearsal.shoppers.browser import Answer, Browser
from greenlight.rehearsal.shoppers.forms import forms_of

TOKEN = "_csrf"
MANY = 429


class RefusedError(Exception):
    """The shop answered something else than what this person was to get."""


@dataclass(frozen=True)
class Offer:
    """An order that may be placed. `send` places it and returns its id, as often as it is called."""

    key: str
    send: Callable[[], str]


class Way(Protocol):
    """How a person does what changes something. Each raises RefusedError, or FailedRequestError."""

    def register(self, email: str, password: str) -> None:
        """Get an account, and be logged in."""

    def log_in(self, email: str, password: str) -> None:
        """Come back."""

    def log_out(self) -> None:
        """Leave."""

    def put_in(self, product: str, quantity: int, there: int, /) -> None:
        """Put so many more of a product into the cart, which holds `there` of it."""

    def offer(self) -> Offer:
        """Go to the checkout."""


class ByPages:
    """Somebody with a browser and without JavaScript."""

    def __init__(self, browser: Browser, wait: Callable[[float], object]) -> None:
        self._browser, self._wait = browser, wait

    def register(self, email: str, password: str) -> None:
        self._enter("/register", email, password)

    def log_in(self, email: str, password: str) -> None:
        self._enter("/login", email, password)

    def log_out(self) -> None:
        expect(self._browser.send("/logout", self._form("/account", "/logout")), 303, "/logout", "/")

    def put_in(self, product: str, quantity: int, _there: int) -> None:
        path = f"/cart/items/{product}"
        fields = {**self._form(f"/products/{product}", path), "quantity": str(quantity)}
        expect(self._browser.send(path, fields), 303, path, "/cart")

    def offer(self) -> Offer:
        fields = self._form("/checkout", "/checkout")

        def send() -> str:
            placed = expect(self._browser.send("/checkout", fields), 303, "/checkout", "/orders/")
            return placed.location.removeprefix("/orders/")

        return Offer(fields["key"], send)

    def _enter(self, path: str, email: str, password: str) -> None:
        fields = {**self._form(path, path), "email": email, "password": password}
        expect(patiently(lambda: self._browser.send(path, fields), self._wait), 303, path, "/account")

    def _form(self, page: str, action: str) -> Mapping[str, str]:
        found = forms_of(expect(self._browser.get(page), 200, page).text)
        if action not in found:
            raise RefusedError(f"{page}: it has no form for {action}, but {sorted(found)}")
        return found[action]


class ByApi:
    """Somebody with an application of their own."""

    def __init__(self, browser: Browser, wait: Callable[[float], object]) -> None:
        self._browser, self._wait = browser, wait

    def register(self, email: str, password: str) -> None:
        self._enter("/api/account", 201, email, password)

    def log_in(self, email: str, password: str) -> None:
        self._enter("/api/session", 200, email, password)

    def log_out(self) -> None:
        expect(self._browser.call("DELETE", "/api/session"), 204, "/api/session")

    def put_in(self, product: str, quantity: int, there: int) -> None:
        path = f"/api/cart/items/{product}"
        expect(self._browser.call("PUT", path, {"quantity": there + quantity}), 200, path)

    def offer(self) -> Offer:
        said = expect(self._browser.call("GET", "/api/checkout"), 200, "/api/checkout").json
        key, confirmed = said["key"], {name: said[name] for name in ("total_cents", "cart_digest")}

        def send() -> str:
            answer = self._browser.call("POST", "/api/orders", confirmed, Idempotency_Key=key)
            return str(expect(answer, 201, "/api/orders").json["order_id"])

        return Offer(key, send)

    def _enter(self, path: str, status: int, email: str, password: str) -> None:
        body = {"email": email, "password": password}
        expect(patiently(lambda: self._browser.call("POST", path, body), self._wait), status, path)


def expect(answer: Answer, status: int, path: str, leads_to: str = "") -> Answer:
    """The answer, if it has the status, and leads where it should.

    Raises:
        RefusedError: it does not; somebody who was logged out is told so here.
    """
    if answer.status != status or not answer.location.startswith(leads_to):
        led = f" to {answer.location}" if answer.location else ""
        raise RefusedError(f"{path}: status {answer.status}{led}, wanted {status}{leads_to and f' to {leads_to}'}")
    return answer


def patiently(ask: Callable[[], Answer], wait: Callable[[float], object]) -> Answer:
    """Ask again for as long as the shop says that it is too early, after the time that it names."""
    answer = ask()
    while answer.status == MANY and answer.retry_after:
        wait(answer.retry_after)
        answer = ask()
    return answer
