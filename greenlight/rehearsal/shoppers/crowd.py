"""All the people, each in a thread: they come in a few at a time, all shop together, and look back at the end."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from greenlight.rehearsal.shoppers.browser import Browser, SharedRecord
from greenlight.rehearsal.shoppers.ledger import Ledger
from greenlight.rehearsal.shoppers.shopper import Shopper
from greenlight.rehearsal.shoppers.ways import ByApi, ByPages, expect
from greenlight.rehearsal.traffic.place import Place

ENTERING = 6
"""So many come in, or look back, at a time: a quarter of what the shop lets wait for the check of a password."""
RETURNING_SHARE = 0.15
"""So many log out and in again while the traffic moves; who registers is logged in as well."""
RETURNING_SECONDS = 60.0
TOLD_EVERY = 20
NEIGHBORHOOD = "127.77"
"""Where people live: each has a network address of its own, as the shop counts registrations by address. Linux answers
for all of 127.0.0.0/8; macOS does not without `ifconfig lo0 alias`."""
PER_STREET = 250
THINK_SECONDS = (8.0, 20.0)


@dataclass(frozen=True)
class CrowdOrder:
    """Who comes, where they go, and between which two times they think about what to do next.

    `mark` is in the addresses of all: a crowd that comes later to the same shop is other people.
    """

    place: Place
    people: int
    think: tuple[float, float] = THINK_SECONDS
    mark: str = field(default_factory=lambda: secrets.token_hex(3))


class Crowd:
    """The people. `tell` is called with each of the words that whoever waits for them reads."""

    def __init__(self, order: CrowdOrder, record: SharedRecord, tell: Callable[[str], None]) -> None:
        self._order, self._tell = order, tell
        self._entrance = threading.Semaphore(ENTERING)
        self._closed, self._opened = threading.Event(), threading.Event()
        self._came = count(1)
        self._lock = threading.Lock()
        products = products_of(Browser(order.place, address(0)))
        self._people = [self._person(number, products, record) for number in range(order.people)]
        self._threads = [
            threading.Thread(target=self._live, args=(number, person), daemon=True)
            for number, person in enumerate(self._people)
        ]

    def open(self) -> None:
        """Let them come; it is told when all are in."""
        for thread in self._threads:
            thread.start()

    def close(self) -> Sequence[Ledger]:
        """Let everybody finish and look back; return their ledgers."""
        self._closed.set()
        self._opened.set()
        for thread in self._threads:
            thread.join()
        return [person.ledger for person in self._people]

    def _person(self, number: int, products: Sequence[str], record: SharedRecord) -> Shopper:
        browser = Browser(self._order.place, address(number), record)
        way = (ByPages if number % 2 else ByApi)(browser, time.sleep)
        chance = random.Random(number)  # noqa: S311  # the same people each time
        return Shopper(browser, way, Ledger(self._address(number)), products, chance)

    def _address(self, number: int) -> str:
        return f"shopper-{number}-{self._order.mark}@example.com"

    def _live(self, number: int, person: Shopper) -> None:
        later = number < self._order.people * RETURNING_SHARE
        with self._entrance:
            if self._closed.is_set():
                return
            person.come_in()
        self._count_in()
        self._opened.wait()
        person.shop(self._closed, self._order.think, self._time_to_return(number) if later else lambda: False)
        with self._entrance:
            if later and not person.ledger.logins:
                person.leave_and_return()
            person.look_back()

    def _count_in(self) -> None:
        with self._lock:
            came = next(self._came)
            if came % TOLD_EVERY == 0:
                self._tell(f"{came} of {self._order.people} people are logged in")
            if came == self._order.people:
                self._opened.set()
                self._tell("ready")

    def _time_to_return(self, number: int) -> Callable[[], bool]:
        """One after the other, from the moment when all are in."""
        after = RETURNING_SECONDS * number / (self._order.people * RETURNING_SHARE)
        opened_at: list[float] = []

        def come() -> bool:
            if self._opened.is_set() and not opened_at:
                opened_at.append(time.monotonic())
            return bool(opened_at) and time.monotonic() - opened_at[0] >= after

        return come


def address(number: int) -> str:
    """Where a person lives."""
    return f"{NEIGHBORHOOD}.{number // PER_STREET}.{number % PER_STREET + 1}"


def products_of(browser: Browser) -> list[str]:
    """What the shop sells, by id."""
    found = expect(browser.get("/api/products"), 200, "/api/products").json["products"]
    return [product["id"] for product in found]
