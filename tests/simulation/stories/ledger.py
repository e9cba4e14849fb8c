"""What must hold of every single write of the journal: compared with what was there just before."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.cloud import JOURNAL
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.installation import Installation
from tests.simulation.stories.records import CHANGES_LIVE, Records, switch_of, text

Item = Mapping[str, Any]

CLOCKS_SECONDS = 5.0
"""How far the clocks of two functions, and the travel between them, may be apart."""


class Ledger:
    """Compares each item before and after a write. `broken` is told of what must not be; `is_off` says whether a
    service's rule is otherwise than the journal says, and `edited_at` when a person last changed it (-inf: never).
    """

    def __init__(
        self,
        greenlight: Installation,
        broken: Callable[[str], None],
        is_off: Callable[[str], bool],
        edited_at: Callable[[], float],
    ) -> None:
        self._greenlight, self._broken, self._is_off, self._edited_at = greenlight, broken, is_off, edited_at
        self._cloud = greenlight.cloud
        self._records = Records(greenlight, broken, is_off, edited_at)
        self._table = self._cloud.dynamodb.table(JOURNAL)
        self._items: Mapping[str, Item] = self._table.snapshot()
        self.on_record: Callable[[str, Item, Item], object] = lambda _name, _was, _now: None
        """Called with the id of a switch whose record has changed, and the record before and after."""
        greenlight.on_tamper.append(self._look_again)

    def _look_again(self) -> None:
        """A person wrote into the journal: that is not judged."""
        self._items = self._table.snapshot()

    def changed(self) -> None:
        """Judge what the last write changed. Items are never changed in place, so that identity tells."""
        before, self._items = self._items, self._table.snapshot()
        keys = [key for key in {**before, **self._items} if before.get(key) is not self._items.get(key)]
        if not keys:
            return
        was = {key: before.get(key, {}) for key in keys}
        for key in keys:
            kind, _, name = key.partition("#")
            if kind == "switch":
                self._records.changed(name, was[key], self._items.get(key, {}), self._items)
                self.on_record(name, was[key], self._items.get(key, {}))
            elif kind == "lock":
                self._judge_lock(name, was[key], self._items.get(key, {}))
            elif kind == "live" and was[key] != self._items.get(key, {}):
                self._judge_live(name, was)

    def _judge_lock(self, service: str, was: Item, now: Item) -> None:
        """Who gives the lock up has ended; who loses it was ended, may be ended, and does not run any more."""
        old, new = text(was, "owner"), text(now, "owner")
        is_payment = {**was, "debt": ""} == {**now, "debt": ""}
        readable = "N" in was.get("epoch", {})
        if old and old == new and not is_payment and readable and int(now["epoch"]["N"]) <= int(was["epoch"]["N"]):
            self._broken(f"the epoch of {new} did not grow")
        if new and new != old and "answer" in self._items.get(f"switch#{new}", {}):
            self._broken(f"{new} got the lock of {service} after it had ended")
        if not old or old == new:
            return
        if f"switch#{old}" in self._items and "answer" not in self._items[f"switch#{old}"]:
            self._broken(f"{old} lost the lock of {service}, and was not ended")
        if new and old in self._greenlight.executions.running():
            self._broken(f"{new} took the lock of {service} from {old}, which is still running")
        if new and not self._may_end(old, new, was):
            self._broken(f"{new} took the lock of {service} from {old}, which was not to be ended")

    def _may_end(self, old: str, new: str, lock: Item) -> bool:
        mine, other = self._switch(new), self._switch(old)
        if mine["mode"] == "remove" or old == mine.get("undoes"):
            return True
        if self._cloud.kernel.time + EPOCH > float(lock["deadline"]["N"]) - CLOCKS_SECONDS:
            return True
        taken_over = text(self._items.get(f"switch#{old}", {}), "outcome") == "TAKEN_OVER"
        again = mine["mode"] == other["mode"] == "restore" and mine.get("undoes") == other.get("undoes")
        return again or not taken_over

    def _judge_live(self, service: str, was: Mapping[str, Item]) -> None:
        """What is live changes only with the end of a switch, or with a debt that is paid; and then it is true."""
        for key, before in was.items():
            now = self._items.get(key, {})
            ended = "outcome" not in before and self._may_change_live(key.removeprefix("switch#"), now)
            if key.startswith("switch#") and (ended or ("paid" in now and "paid" not in before)):
                break
        else:
            self._broken(f"what is live of {service} changed, and no switch has ended")
        if self._edited_at() == -math.inf and self._is_off(service):
            self._broken(f"the journal says that {self._cloud.live(service)} is live, and the rule says otherwise")

    def _may_change_live(self, name: str, now: Item) -> bool:
        """Its end says what is live; so does a HELD that leaves users on the other side of a one-way door."""
        outcome = text(now, "outcome")
        return outcome in CHANGES_LIVE or (outcome == "HELD" and self._is_left_on_a_door(self._switch(name)["service"]))

    def _is_left_on_a_door(self, service: str) -> bool:
        """Whether what is live is a one-way door that a switch was about to move users to."""
        live = self._cloud.live(service) or {}
        moved = (
            switch_of(item) for key, item in self._items.items() if key.startswith("switch#") and "shifted_at" in item
        )
        doors = [each["version"] for each in moved if each["service"] == service and each.get("one_way")]
        return live.get("version") == live.get("door") in doors

    def _switch(self, name: str) -> dict[str, str]:
        return switch_of(self._items.get(f"switch#{name}", {}))
