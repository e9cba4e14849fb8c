"""What a switch must regard when it writes the rule: what a person made of it, what was asked for, who can serve."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.actors import Actor
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.installation import Installation
from tests.simulation.site import COLORS, Site
from tests.simulation.stories.conduct import journal_is_away
from tests.simulation.traffic import Behavior

Weights = Mapping[str, int]

LONG_DEAD_SECONDS, DEAD_SECONDS = 45.0, 25.0
"""A color that has been down for so long was called unhealthy when it was judged: until that is noticed, W, and a write
that lands late. Without the journal nobody waits for W.
"""

AT_ONCE_SECONDS = 3.0
"""From a look at the rule to the write, when nothing goes wrong."""


class Regard:
    """Judges each change that a switch makes. `broken` is told of what must not be."""

    def __init__(self, greenlight: Installation, broken: Callable[[str], None]) -> None:
        self._greenlight, self._broken = greenlight, broken
        self._cloud = greenlight.cloud
        self._edits: dict[str, tuple[float, Weights | None]] = {}

    def edited(self, site: Site, weights: Weights | None) -> None:
        """A person changed the rule."""
        self._edits[site.name] = (self._cloud.kernel.time, weights)

    def wrote(self, actor: Actor, site: Site, before: Weights | None, weights: Weights | None) -> None:
        """A switch changed the rule."""
        self._judge_respect(actor, site, before)
        if actor.duty == "Shift" and weights:
            self._judge_wish(actor, before)
            self._judge_smoke(actor, site)
        elif actor.duty != "Repair" and weights:
            self._judge_health(actor, site, weights)

    def _judge_respect(self, actor: Actor, site: Site, before: Weights | None) -> None:
        """What a person made of the rule stays, except for a repair and a removal."""
        edited_at, edit = self._edits.pop(site.name, (0.0, None))
        if actor.duty == "Repair" or self._mode(actor) == "remove" or not edited_at:
            return
        known = (self._cloud.switch_item(actor.switch_id) or {}).get("before") or {}
        on_its_way = self._greenlight.policy.write_settle_seconds if self._cloud.faults.met else AT_ONCE_SECONDS
        calm = self._cloud.kernel.time - edited_at > on_its_way
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
        seconds = DEAD_SECONDS if journal_is_away(self._cloud) else LONG_DEAD_SECONDS
        if self._has_been(site, color, False, seconds) and self._has_been(site, other, True, seconds):
            self._broken(f"{actor.duty} gave the traffic to {color}, which has long been down")

    def _has_been(self, site: Site, color: str, up: bool, seconds: float) -> bool:
        now = self._cloud.kernel.time
        return all(self._behavior(site, color, now - ago).up is up for ago in (0.0, seconds))

    def _behavior(self, site: Site, color: str, at: float) -> Behavior:
        return self._cloud.traffic.apps[site.group(color)].behavior.at(at)

    def _mode(self, actor: Actor) -> str:
        item = self._cloud.switch_item(actor.switch_id) or {}
        return str(json.loads(item.get("switch", "{}")).get("mode", ""))


def _is_as_switches_write(edit: Weights | None, before: Mapping[str, Any]) -> bool:
    """An edit that equals what a switch found, or wants, cannot be told from its own write."""
    if edit is None:
        return not before.get("weights")
    return set(edit) == set(COLORS) and sorted(edit.values()) == [0, 100]
