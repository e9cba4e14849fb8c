"""What one person knows: what was ordered, what is in the cart, and what went wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

Quantities = dict[str, int]
"""How many of each product, by its id."""


@dataclass
class Ledger:
    """The books of one person.

    Attributes:
        cart: what must be in it.
        sent: the keys of all orders that were asked for, with what they are about.
        placed: those that the shop confirmed.
        repeated: how many orders were sent again with the same key.
        logins: how often this person logged in with the password.
        shown_cart: what the shop says at the end; None when it was not asked.
        shown_orders: the ids of the orders that the shop says there are, at the end.
        stayed: whether this person was logged in at the end, in the session of the last login.
    """

    email: str
    cart: Quantities = field(default_factory=dict)
    sent: dict[str, Quantities] = field(default_factory=dict)
    placed: dict[str, Quantities] = field(default_factory=dict)
    repeated: int = 0
    logins: int = 0
    complaints: list[str] = field(default_factory=list)
    shown_cart: Quantities | None = None
    shown_orders: list[str] | None = None
    stayed: bool = False

    def put_in(self, product: str, quantity: int) -> None:
        """Note that there is so much more of a product in the cart."""
        self.cart[product] = self.cart.get(product, 0) + quantity

    def order(self, key: str) -> Quantities:
        """Note that all of the cart is about to be ordered."""
        self.sent[key] = dict(self.cart)
        return self.sent[key]

    def confirm(self, key: str) -> None:
        """Note that the shop has placed the order: nothing of it is in the cart any more."""
        self.placed[key] = self.sent[key]
        self.cart = {}

    def expect(self, what: str, got: object, wanted: object) -> None:
        """Complain unless it is as it must be."""
        if got != wanted:
            self.complaints.append(f"{self.email}: {what}: got {got}, wanted {wanted}")


def write_ledgers(ledgers: Sequence[Ledger], path: Path) -> None:
    """Write everybody's books."""
    path.write_text(json.dumps([asdict(ledger) for ledger in ledgers], indent=1))


def read_ledgers(path: Path) -> list[Ledger]:
    """Read everybody's books."""
    return [Ledger(**each) for each in json.loads(path.read_text())]
