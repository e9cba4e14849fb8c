"""The journal as a rehearsal reads it: from the items alone, as docs/protocol.md has them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights

from greenlight.rehearsal.journal import SwitchSeen, read_journal

ASKED = {"switch_id": "s1", "service": "shop", "mode": "release", "color": "green", "version": "2", "undoes": ""}
ITEM = {
    "pk": "switch#s1",
    "switch": json.dumps(ASKED),
    "started_at": Decimal(10),
    "phase:gate": Decimal(12),
    "phase:preflight": Decimal(11),
    "phase": "gate",
    "said": "1 of 1 targets healthy",
}
LIVE = {"pk": "live#shop", "color": "blue", "version": "1", "blue": Decimal(100), "green": Decimal(0)}


class Table:
    """A table with these items."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self._items = items

    def scan(self, *, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        assert ConsistentRead
        return {"Items": list(self._items)}


def test_a_running_switch_says_where_it_is() -> None:
    seen = SwitchSeen.of(ITEM)

    assert (seen.id, seen.mode, seen.color, seen.version) == ("s1", "release", "green", "2")
    assert (seen.phase, seen.said) == ("gate", "1 of 1 targets healthy")
    assert list(seen.phases or {}) == ["preflight", "gate"]
    assert seen.reached("gate")
    assert not seen.reached("smoke")
    assert not seen.is_over


def test_a_switch_is_over_when_its_outcome_and_its_answer_are_fixed() -> None:
    ended = {**ITEM, "outcome": "ROLLED_BACK", "reason": "Bake failed", "shifted_at": Decimal(13), "evidence": "{}"}

    assert not SwitchSeen.of(ended).is_over
    over = SwitchSeen.of({**ended, "answer": json.dumps({"status": "FAILED", "reason": "", "data": {}})})
    assert over.is_over
    assert (over.outcome, over.answer, over.shifted_at, over.has_evidence) == ("ROLLED_BACK", "FAILED", 13.0, True)


def test_switches_come_in_the_order_in_which_they_were_asked_for() -> None:
    second = {**ITEM, "pk": "switch#s2", "switch": json.dumps({**ASKED, "switch_id": "s2"}), "started_at": Decimal(9)}

    seen = read_journal(Table(ITEM, second, LIVE, {"pk": "lock#shop", "owner": "s1"}), "shop")

    assert [switch.id for switch in seen.switches] == ["s2", "s1"]
    assert seen.live == Live(Color.BLUE, "1", Weights(100, 0))
    assert seen.lock_owner == "s1"


def test_an_empty_journal_knows_nothing() -> None:
    seen = read_journal(Table(), "shop")

    assert (seen.switches, seen.live, seen.lock_owner) == ((), None, "")


def test_a_switch_of_another_service_is_none_of_its_own() -> None:
    other = {**ITEM, "pk": "switch#s2", "switch": json.dumps({**ASKED, "switch_id": "s2", "service": "report"})}

    assert [switch.id for switch in read_journal(Table(ITEM, other), "shop").switches] == ["s1"]
