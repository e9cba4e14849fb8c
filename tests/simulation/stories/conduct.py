"""How a switch must go about it when it writes the rule: marked first, by a right that is not over, to a color that
runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.actors import Actor
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.installation import Installation
from tests.simulation.site import COLORS, Site
from tests.simulation.traffic import Behavior

Weights = Mapping[str, int]

BY_THE_EVENTS_EPOCH = ("Shift", "Repair", "Remove", "Pay")
"""Functions that write with the epoch they were given; Rollback and Settle take a new one."""

MARKED = ("Shift", "Repair")

LONG_DEAD_SECONDS, DEAD_SECONDS = 45.0, 25.0
"""A color that has been down for so long was called unhealthy when it was judged: until that is noticed, W, and a write
that lands late. Without the journal nobody waits for W.
"""

AT_ONCE_SECONDS = 3.0
"""From a look at the rule to the write, when nothing goes wrong."""


class Conduct:
    """Judges each change that a switch makes. `broken` is told of what must not be."""

    def __init__(self, greenlight: Installation, broken: Callable[[str], None]) -> None:
        self._greenlight, self._broken = greenlight, broken
        self._cloud = greenlight.cloud
        self._edits: dict[str, tuple[float, Weights | None]] = {}
        self._epochs: dict[tuple[str, str], list[tuple[int, float]]] = {}
        self._pushed_with: dict[str, int] = {}
        greenlight.on_tamper.append(self._pushed_with.clear)
        self.emergencies = 0
        """Writes without the journal."""

    def journal_changed(self) -> None:
        """Remember since when each owner of a lock has each of its epochs."""
        for site in self._greenlight.sites:
            if (lock := self._cloud.lock(site.name)) and "owner" in lock and "epoch" in lock:
                known = self._epochs.setdefault((site.name, lock["owner"]), [])
                if not known or int(lock["epoch"]) != known[-1][0]:
                    known.append((int(lock["epoch"]), self._cloud.kernel.time))

    def edited(self, site: Site, weights: Weights | None) -> None:
        """A person changed the rule."""
        self._edits[site.name] = (self._cloud.kernel.time, weights)

    def wrote(self, actor: Actor, site: Site, before: Weights | None, weights: Weights | None) -> None:
        """A switch changed the rule."""
        self._judge_mark(actor)
        self._judge_epoch(actor, site)
        self._judge_respect(actor, site, before)
        if actor.duty == "Shift":
            self._pushed_with[actor.switch_id] = actor.epoch
            self._judge_wait(actor, site)
        if actor.duty == "Shift" and weights:
            self._judge_wish(actor, before)
            self._judge_smoke(actor, site)
        elif actor.duty != "Repair" and weights:
            self._judge_health(actor, site, weights)
        if actor.duty == "Rollback":
            self._judge_emergency()

    def _judge_mark(self, actor: Actor) -> None:
        item = self._cloud.switch_item(actor.switch_id) or {}
        if actor.duty in MARKED and "shifted_at" not in item:
            self._broken(f"{actor.duty} wrote the rule, and the journal does not know that traffic may have moved")

    def _judge_epoch(self, actor: Actor, site: Site) -> None:
        """After W, whoever works with an older epoch of the lock writes nothing more."""
        known = self._epochs.get((site.name, actor.switch_id), [])
        newer = [(epoch, since) for epoch, since in known if epoch > actor.epoch]
        if actor.duty in BY_THE_EVENTS_EPOCH and newer and self._is_long_ago(newer[0][1]):
            self._broken(f"{actor.duty} wrote the rule with epoch {actor.epoch}, long after a newer one was taken")
        taken = max((epoch for epoch, _ in known), default=0)
        if actor.duty in ("Rollback", "Settle") and taken == self._pushed_with.get(actor.switch_id) and not _away(self):
            self._broken(f"{actor.duty} wrote the rule with the very epoch with which Shift writes")

    def _judge_wait(self, actor: Actor, site: Site) -> None:
        """Whoever had the lock before may have written until W after it was taken."""
        known = self._epochs.get((site.name, actor.switch_id), [])
        held = self._cloud.kernel.time - known[0][1] if known else 0.0
        if held < self._settle - 2 * self._cloud.clock_skew:
            self._broken(f"Shift wrote the rule {held:.0f} s after it got the lock, wanted {self._settle:.0f} s")

    def _judge_emergency(self) -> None:
        """The write without the journal comes in the first try, soon after its start, and after Shift or Bake alone."""
        process = self._cloud.kernel.current
        if process is None:
            return
        mine = [entry for entry in self._cloud.kernel.trace if entry[1] == process.name]
        reached = any(call.startswith("dynamodb.") and not isinstance(said[-1], Exception) for _, _, call, said in mine)
        begun, _, _, (text,) = next(entry for entry in mine if entry[2] == "begins")
        if reached:
            return
        self.emergencies += 1
        event, lasted = json.loads(text), self._cloud.kernel.time - begun
        if event["attempt"] or event["failure"]["phase"] not in ("Shift", "Bake"):
            self._broken(f"after {event['failure']['phase']}, try {event['attempt']}, the rule was written unfenced")
        if lasted > self._settle / 2 + AT_ONCE_SECONDS:
            self._broken(f"the rule was written unfenced {lasted:.0f} s after the rollback began")

    def _judge_respect(self, actor: Actor, site: Site, before: Weights | None) -> None:
        """What a person made of the rule stays, except for a repair and a removal."""
        edited_at, edit = self._edits.pop(site.name, (0.0, None))
        if actor.duty == "Repair" or self._mode(actor) == "remove" or not edited_at:
            return
        known = (self._cloud.switch_item(actor.switch_id) or {}).get("before") or {}
        calm = self._cloud.kernel.time - edited_at > (self._settle if self._cloud.faults.met else AT_ONCE_SECONDS)
        if edit == before and calm and not _is_as_switches_write(edit, known):
            self._broken(f"{actor.duty} wrote over what a person had made of the rule: {edit}")

    def _judge_wish(self, actor: Actor, before: Weights | None) -> None:
        """Invariant 7: a deploy that names no color never changes a weight."""
        if before is None:
            return
        asked = [one.event for one in self._greenlight.stacks.requests if one.id == actor.switch_id]
        if any(event["ResourceProperties"]["Color"] == "keep" for event in asked):
            self._broken("a deploy that names no color moved the traffic")

    def _judge_smoke(self, actor: Actor, site: Site) -> None:
        """The smoke test passed, so that the version was the right one then."""
        item = self._cloud.switch_item(actor.switch_id) or {}
        switch, smoke = json.loads(item["switch"]), item.get("trace:smoke:0001")
        if not smoke or not switch["version"]:
            return
        at = float(smoke["at"]) - EPOCH
        ran = {self._behavior(site, switch["color"], at + second).version for second in (-2.0, 0.0, 2.0)}
        if switch["version"] not in ran:
            self._broken(f"the smoke test of {switch['version']} was passed by {', '.join(sorted(ran))}")

    def _judge_health(self, actor: Actor, site: Site, weights: Weights) -> None:
        """Invariant 1: nothing flips blindly from a color that runs to one that does not."""
        color = max(COLORS, key=lambda name: weights.get(name, 0))
        other = next(name for name in COLORS if name != color)
        seconds = DEAD_SECONDS if _away(self) else LONG_DEAD_SECONDS
        if self._has_been(site, color, False, seconds) and self._has_been(site, other, True, seconds):
            self._broken(f"{actor.duty} gave the traffic to {color}, which has long been down")

    def _has_been(self, site: Site, color: str, up: bool, seconds: float) -> bool:
        now = self._cloud.kernel.time
        return all(self._behavior(site, color, now - ago).up is up for ago in (0.0, seconds))

    def _behavior(self, site: Site, color: str, at: float) -> Behavior:
        return self._cloud.traffic.apps[site.group(color)].behavior.at(at)

    def _is_long_ago(self, time: float) -> bool:
        """Longer than a write, or a look before it, can be on its way."""
        return self._cloud.kernel.time - time > self._settle

    @property
    def _settle(self) -> float:
        return self._greenlight.policy.write_settle_seconds

    def _mode(self, actor: Actor) -> str:
        item = self._cloud.switch_item(actor.switch_id) or {}
        return str(json.loads(item.get("switch", "{}")).get("mode", ""))


def _away(conduct: Conduct) -> bool:
    """Whether the journal cannot be reached right now."""
    now = conduct._cloud.kernel.time
    return conduct._cloud.faults.outage("dynamodb.GetItem", now) is not None


def _is_as_switches_write(edit: Weights | None, before: Mapping[str, Any]) -> bool:
    """An edit that equals what a switch found, or wants, cannot be told from its own write."""
    if edit is None:
        return not before.get("weights")
    return set(edit) == set(COLORS) and sorted(edit.values()) == [0, 100]
