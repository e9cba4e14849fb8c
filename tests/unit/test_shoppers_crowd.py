"""Who comes to the shop in the act of shoppers, and in those that follow it in the same rehearsal."""

from __future__ import annotations

import pytest

from greenlight.rehearsal.shoppers import crowd
from greenlight.rehearsal.shoppers.crowd import Crowd, CrowdOrder
from greenlight.rehearsal.traffic.place import Place, place


def _addresses(shop: Place) -> set[str]:
    came = Crowd(CrowdOrder(shop, 3), None, lambda _: None)  # type: ignore[arg-type]
    return {person.ledger.email for person in came._people}


def test_a_crowd_that_comes_later_is_other_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "products_of", lambda _: ["enamel-mug"])
    shop = place("http://127.0.0.1:1", "", None)
    first, later = _addresses(shop), _addresses(shop)

    assert len(first | later) == 6
