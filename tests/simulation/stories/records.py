"""What must hold when the record of a switch changes: what is said of it is so, and stays so."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.faults import Kind
from tests.simulation.installation import Installation
from tests.simulation.site import Site

Item = Mapping[str, Any]
Items = Mapping[str, Item]

SET_ONCE = ("outcome", "answer", "shifted_at", "before", "begun")
"""Attributes of a switch that never change again."""

SHIFTED = "trace:shift:0001"

CHANGES_LIVE = ("DONE", "ROLLED_BACK", "REMOVED", "REPAIRED")
"""Outcomes that say what is live from now on."""

WRITES = ("elbv2.ModifyRule", "elbv2.CreateRule", "elbv2.DeleteRule")

LAG_SECONDS = 25.0
"""How old a late look at the rule may be in the simulation."""


class Records:
    """Judges one record, before and after a write. `broken` is told of what must not be; `is_off` says whether a
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

    def changed(self, name: str, was: Item, now: Item, items: Items) -> None:
        """Judge what a write changed about a switch; `items` is the whole journal after it."""
        switch = switch_of(now)
        if SHIFTED in now and SHIFTED not in was and now[SHIFTED]["M"]["verdict"]["S"] == "PASS":
            self._judge_shift(name, switch)
        for attribute in SET_ONCE:
            if attribute in was and now.get(attribute) != was[attribute]:
                self._broken(f"{attribute} of {name} was changed after it was set")
        if "outcome" in was and "shifted_at" in now and "shifted_at" not in was:
            self._broken(f"{name} has ended, and says afterwards that it shifts")
        if "outcome" in now and "outcome" not in was:
            self._judge_end(name, switch, text(now, "outcome"), items)

    def _judge_end(self, name: str, switch: Mapping[str, str], outcome: str, items: Items) -> None:
        if any(key.startswith("lock#") and text(item, "owner") == name for key, item in items.items()):
            self._broken(f"{name} has ended, and still holds the lock")
        if outcome == "HELD":
            self._judge_page(name, items)
        if outcome in CHANGES_LIVE:
            self._judge_read_back(name)
        if outcome == "DONE":
            self._judge_done(name, switch)
        if outcome == "ROLLED_BACK":
            self._judge_undone(name, items.get(f"switch#{switch.get('undoes')}", {}))

    def _judge_page(self, name: str, items: Items) -> None:
        held = sum(text(item, "outcome") == "HELD" for item in items.values())
        if held > sum(page.subject.endswith("HELD") for page in self._cloud.pages):
            self._broken(f"{name} is HELD before anybody was paged")

    def _judge_undone(self, name: str, undone: Item) -> None:
        if "shifted_at" in undone and "undone" not in undone:
            self._broken(f"{name} took traffic back, and the journal does not say that of whom")

    def _judge_shift(self, name: str, switch: Mapping[str, str]) -> None:
        """A shift passes when users really are on the new color. Nobody hears of one whose execution was stopped."""
        color, site = switch["color"], self._site(switch["service"])
        if name not in self._greenlight.executions.running():
            return
        if self._edited_at() == -math.inf and site.followed_weights().get(color) != 1.0:
            self._broken(f"{name} says that all traffic is on {color}, and users get {site.followed_weights()}")

    def _site(self, service: str) -> Site:
        return next(site for site in self._greenlight.sites if site.name == service)

    def _judge_done(self, name: str, switch: Mapping[str, str]) -> None:
        """The last look was a moment ago, so that it has seen what a person did to the rule before."""
        lag, since = LAG_SECONDS if self._is_late_read else 1.0, self._cloud.kernel.time - self._edited_at()
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


def switch_of(item: Item) -> dict[str, str]:
    """The switch that a record is of."""
    return {"mode": ""} | dict(json.loads(text(item, "switch") or "{}"))


def text(item: Item, name: str) -> str:
    """A text attribute of an item in DynamoDB's form, empty when it is not there."""
    value = item.get(name, {})
    return str(value.get("S", "")) if isinstance(value, Mapping) else ""
