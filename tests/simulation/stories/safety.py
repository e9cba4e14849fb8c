"""What users can count on, also after hand edits: there is a rule, and nobody stays on a version that has failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.actors import Actor
from tests.simulation.cloudformation.deployments import RELEASE
from tests.simulation.installation import Installation
from tests.simulation.site import COLORS, Site
from tests.simulation.stories.records import switch_of, text

Item = Mapping[str, Any]
Weights = Mapping[str, int]

PERSON, SOMEBODY = "a person", "somebody else's"
HELP_SECONDS = 60.0
"""What may pass, beyond W, from the verdict on a version until nobody is on it any more."""
NOTICED_SECONDS = 45.0
"""How long a color must have been up to be called healthy."""


class Safety:
    """Knows whose each rule is, and which version has failed. `broken` is told of what must not be."""

    def __init__(self, greenlight: Installation, broken: Callable[[str], None]) -> None:
        self._greenlight, self._broken = greenlight, broken
        self._cloud = greenlight.cloud
        self._owners = {site.name: self._first_owner(site) for site in greenlight.sites}
        self._owned_before: dict[str, str] = {}
        self._creators: dict[str, str] = {}
        self._failed: dict[str, str] = {}

    def _first_owner(self, site: Site) -> str:
        """The resource of the stack that was there before the story began."""
        stack = self._greenlight.stacks.all.get(RELEASE)
        if site.rule() is None or stack is None or stack.history[0][1] != "CREATE_COMPLETE":
            return SOMEBODY if site.rule() else ""
        return f"{stack.id}/{site.name.capitalize()}Request"

    def recorded(self, name: str, was: Item, now: Item) -> None:
        """A switch's record has changed."""
        switch = switch_of(now)
        if "outcome" in now and "outcome" not in was:
            self._ended(name, switch, text(now, "outcome"), text(now, "resource"))
        if any(key.startswith("trace:bake:") and key not in was and _has_failed(now[key]) for key in now):
            self._fails(name, switch)

    def _ended(self, name: str, switch: Mapping[str, str], outcome: str, resource: str) -> None:
        service = switch["service"]
        if outcome == "DONE":
            self._owned_before[name] = self._owners[service]
            self._owners[service] = resource
        if outcome == "ROLLED_BACK" and switch.get("undoes") in self._owned_before:
            self._owners[service] = self._owned_before[switch["undoes"]]

    def wrote(
        self, actor: Actor | None, site: Site, before: Weights | None, weights: Weights | None, unseen: bool
    ) -> None:
        """The rule has changed; a person did it when there is no actor. `unseen`: a person did something since the
        actor's last look.
        """
        if before is None:
            self._creators[site.name] = actor.switch_id if actor else PERSON
        if weights is None and actor and not unseen and not self._may_delete(actor, site):
            self._broken(f"{actor.duty} deleted the rule that users were on, and it was not its own")
        failed = self._failed.get(site.name, "")
        if failed and (weights or {}).get(failed) != 100:
            self._failed.pop(site.name)

    def _may_delete(self, actor: Actor, site: Site) -> bool:
        """A removal may, of its own resource's rule; else a rule goes only with the release that made it."""
        item = self._cloud.switch_item(actor.switch_id) or {}
        creator = self._creators.get(site.name, "")
        made = self._cloud.switch_item(creator) if creator else None
        if json.loads(item.get("switch", "{}")).get("mode") == "remove":
            owner = self._owners[site.name]
            return item["resource"] in (owner, (made or {}).get("resource")) or not (owner or made)
        return made is not None and json.loads(made["switch"])["mode"] == "release"

    def _fails(self, name: str, switch: Mapping[str, str]) -> None:
        """Look again when everybody must be back."""
        site = next(site for site in self._greenlight.sites if site.name == switch["service"])
        color, begun = switch["color"], self._cloud.kernel.time
        if (site.rule_weights() or {}).get(color) != 100 or site.name in self._failed:
            return
        self._failed[site.name] = color
        met, seconds = len(self._cloud.faults.met), self._greenlight.policy.write_settle_seconds + HELP_SECONDS
        self._cloud.kernel.at(seconds, lambda: self._look(site, color, begun, met))

    def _look(self, site: Site, color: str, since: float, met: int) -> None:
        if self._failed.pop(site.name, "") != color or self._is_excused(site, color, since, met):
            return
        now = self._cloud.kernel.time
        self._broken(f"users are still on {color} {now - since:.0f} s after it failed its bake, and nobody was paged")

    def _is_excused(self, site: Site, color: str, since: float, met: int) -> bool:
        """A person was paged, AWS is away, or the other color cannot take the users."""
        cloud, now = self._cloud, self._cloud.kernel.time
        away = any(outage.service != "secretsmanager" and outage.until > since for outage in cloud.faults.outages)
        held = any(page.subject.endswith("HELD") for page in cloud.pages)
        late = max(self._greenlight.executions.events.usual, default=0.0) > HELP_SECONDS
        struck = len(cloud.faults.met) > met + self._harmless(met)
        return held or away or late or struck or not self._is_up(site, color, now)

    def _harmless(self, met: int) -> int:
        """Refusals of Secrets Manager, which users must not wait for."""
        return sum(call.startswith("secretsmanager.") for _, _, call, _ in self._cloud.faults.met[met:])

    def _is_up(self, site: Site, color: str, now: float) -> bool:
        other = next(one for one in COLORS if one != color)
        behavior = self._cloud.traffic.apps[site.group(other)].behavior
        return all(behavior.at(now - ago).up for ago in (0.0, NOTICED_SECONDS, 2 * NOTICED_SECONDS))


def _has_failed(note: Item) -> bool:
    return str(note.get("M", {}).get("verdict", {}).get("S")) == "FAIL"
