"""What must hold of every single write of the journal: compared with what was there just before."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.cloud import JOURNAL
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Kind
from tests.simulation.installation import Installation

Item = Mapping[str, Any]

SET_ONCE = ("outcome", "answer", "shifted_at", "before", "begun")
"""Attributes of a switch that never change again."""

CHANGES_LIVE = ("DONE", "ROLLED_BACK", "REMOVED", "REPAIRED")
"""Outcomes that say what is live from now on."""

WRITES = ("elbv2.ModifyRule", "elbv2.CreateRule", "elbv2.DeleteRule")

LAG_SECONDS = 25.0
"""How old a late look at the rule may be in the simulation."""

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
        self._items = self._now()
        greenlight.on_tamper.append(self._look_again)

    def _look_again(self) -> None:
        """A person wrote into the journal: that is not judged."""
        self._items = self._now()

    def changed(self) -> None:
        """Judge what the last write changed. Items are never changed in place, so that identity tells."""
        before, self._items = self._items, self._now()
        keys = [key for key in {**before, **self._items} if before.get(key) is not self._items.get(key)]
        if not keys:
            return
        was = {key: before.get(key, {}) for key in keys}
        for key in keys:
            kind, _, name = key.partition("#")
            if kind == "switch":
                self._judge_switch(name, was[key], self._items.get(key, {}))
            elif kind == "lock":
                self._judge_lock(name, was[key], self._items.get(key, {}))
            elif kind == "live":
                self._judge_live(name, was)

    def _now(self) -> dict[str, Item]:
        return dict(self._cloud.dynamodb.table(JOURNAL).scan())

    def _judge_switch(self, name: str, was: Item, now: Item) -> None:
        for attribute in SET_ONCE:
            if attribute in was and now.get(attribute) != was[attribute]:
                self._broken(f"{attribute} of {name} was changed after it was set")
        if "outcome" in was and "shifted_at" in now and "shifted_at" not in was:
            self._broken(f"{name} has ended, and says afterwards that it shifts")
        if "outcome" in was or "outcome" not in now:
            return
        outcome = now["outcome"]["S"]
        if outcome in CHANGES_LIVE:
            self._judge_read_back(name)
        if outcome == "DONE":
            self._judge_done(name)
        if outcome == "HELD":
            held = sum(_text(item, "outcome") == "HELD" for item in self._items.values())
            if held > sum(page.subject.endswith("HELD") for page in self._cloud.pages):
                self._broken(f"{name} is HELD before anybody was paged")
        for key, item in self._items.items():
            if key.startswith("lock#") and _text(item, "owner") == name:
                self._broken(f"{name} has ended, and still holds the lock")
        undone = self._items.get(f"switch#{self._switch(name).get('undoes')}", {})
        if outcome == "ROLLED_BACK" and "shifted_at" in undone and "undone" not in undone:
            self._broken(f"{name} took traffic back, and the journal does not say that of whom")

    def _judge_done(self, name: str) -> None:
        """The last look was a moment ago, so that it has seen what a person did to the rule before."""
        switch, lag = self._switch(name), LAG_SECONDS if self._is_late_read else 1.0
        since = self._cloud.kernel.time - self._edited_at()
        if lag < since < math.inf and self._is_off(switch["service"]):
            self._broken(f"{name} is DONE, and the rule was changed by hand {since:.0f} s before")

    @property
    def _is_late_read(self) -> bool:
        stale = any(fault.kind is Kind.STALE for _, _, _, fault in self._cloud.faults.met)
        return stale or self._cloud.elbv2.read_lag > 0

    def _judge_read_back(self, name: str) -> None:
        """A function that wrote the rule has looked at it again before it says how the switch ended."""
        process = self._cloud.kernel.current
        if process is None:
            return
        mine = (call for _, actor, call, _ in reversed(self._cloud.kernel.trace) if actor == process.name)
        for call in mine:
            if call == "elbv2.DescribeRules":
                return
            if call in WRITES:
                self._broken(f"{name} has ended, and what it wrote was not read back")
                return

    def _judge_lock(self, service: str, was: Item, now: Item) -> None:
        """Who gives the lock up has ended; who loses it was ended, may be ended, and does not run any more."""
        old, new = _text(was, "owner"), _text(now, "owner")
        if old == new and was and int(now["epoch"]["N"]) <= int(was["epoch"]["N"]):
            if "debt" not in was or "debt" in now:
                self._broken(f"the epoch of {new} did not grow")
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
        taken_over = _text(self._items.get(f"switch#{old}", {}), "outcome") == "TAKEN_OVER"
        again = mine["mode"] == other["mode"] == "restore" and mine.get("undoes") == other.get("undoes")
        return again or not taken_over

    def _judge_live(self, service: str, was: Mapping[str, Item]) -> None:
        """What is live changes only with the end of a switch, or with a debt that is paid; and then it is true."""
        for key, before in was.items():
            now = self._items.get(key, {})
            ended = "outcome" not in before and _text(now, "outcome") in CHANGES_LIVE
            if key.startswith("switch#") and (ended or ("paid" in now and "paid" not in before)):
                break
        else:
            self._broken(f"what is live of {service} changed, and no switch has ended")
        if self._edited_at() == -math.inf and self._is_off(service):
            self._broken(f"the journal says that {self._cloud.live(service)} is live, and the rule says otherwise")

    def _switch(self, name: str) -> dict[str, str]:
        return dict(json.loads(_text(self._items.get(f"switch#{name}", {}), "switch") or "{}")) or {"mode": ""}


def _text(item: Item, name: str) -> str:
    value = item.get(name, {})
    return str(value.get("S", "")) if isinstance(value, Mapping) else ""
