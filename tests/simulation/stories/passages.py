"""One-way doors: once users may have gone through one, no switch leads them back by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.actors import Actor
from tests.simulation.installation import Installation
from tests.simulation.site import COLORS, Site

Weights = Mapping[str, int]


class Passages:
    """Remembers what lies behind the doors that users went through. `broken` is told of what must not be."""

    def __init__(self, greenlight: Installation, broken: Callable[[str], None]) -> None:
        self._greenlight, self._broken = greenlight, broken
        self._behind: dict[str, dict[str, str]] = {site.name: {} for site in greenlight.sites}
        """For each service the versions that lie behind a door, and which door that is."""

    def wrote(self, actor: Actor | None, site: Site, before: Weights | None, weights: Weights | None) -> None:
        """The rule has changed; a person did it when there is no actor, and may.

        With a release that somebody deletes the journal forgets what was live, and the door.
        """
        if weights is None:
            self._behind[site.name].clear()
        if actor is None or not weights:
            return
        item = self._greenlight.cloud.switch_item(actor.switch_id) or {}
        switch = json.loads(item.get("switch", "{}"))
        if not switch.get("undo_one_way"):
            self._judge(actor, site, before or {}, weights)
        if actor.duty == "Shift" and switch.get("one_way"):
            self._pass(site, item, switch)
        elif actor.duty == "Shift" and switch.get("undo_one_way"):
            self._behind[site.name].clear()

    def _judge(self, actor: Actor, site: Site, before: Weights, weights: Weights) -> None:
        for color in COLORS:
            version = self._greenlight.runs(site, color)
            door = self._behind[site.name].get(version)
            if door and weights.get(color, 0) > before.get(color, 0):
                self._broken(f"{actor.duty} moved users from the one-way door {door} back to {version}")

    def _pass(self, site: Site, item: Mapping[str, Any], switch: Mapping[str, str]) -> None:
        live = (item.get("before") or {}).get("live") or {}
        if live and live["version"] != switch["version"] != live.get("door"):
            self._behind[site.name][live["version"]] = switch["version"]
