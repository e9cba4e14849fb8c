"""By which right a switch writes the rule: marked first, after W, with an epoch that is not over."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.simulation.actors import Actor
from tests.simulation.cloud import Cloud
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.installation import Installation
from tests.simulation.site import Site

BY_THE_EVENTS_EPOCH = ("Shift", "Repair", "Remove", "Pay")
"""Functions that write with the epoch they were given; Rollback and Settle take a new one."""

MARKED = ("Shift", "Repair")

AT_ONCE_SECONDS = 3.0
"""What a write may take, beyond what is allowed before it."""


class Conduct:
    """Judges each change that a switch makes. `broken` is told of what must not be."""

    def __init__(self, greenlight: Installation, broken: Callable[[str], None]) -> None:
        self._greenlight, self._broken = greenlight, broken
        self._cloud = greenlight.cloud
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
                if not known or epoch_of(lock) != known[-1][0]:
                    known.append((epoch_of(lock), self._cloud.kernel.time))

    def wrote(self, actor: Actor, site: Site) -> None:
        """A switch changed the rule."""
        self._judge_mark(actor)
        self._judge_epoch(actor, site)
        self._judge_retake(actor, site)
        if actor.duty == "Shift":
            self._pushed_with[actor.switch_id] = actor.epoch
            self._judge_wait(actor, site)

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

    def _judge_retake(self, actor: Actor, site: Site) -> None:
        """Whoever takes traffic back has fenced the Shift that moved it."""
        known = self._epochs.get((site.name, actor.switch_id), [])
        taken = max((epoch for epoch, _ in known), default=0)
        same = taken == self._pushed_with.get(actor.switch_id)
        if actor.duty in ("Rollback", "Settle") and same and not self._was_refused():
            self._broken(f"{actor.duty} wrote the rule with the very epoch with which Shift writes")

    def _was_refused(self) -> bool:
        """Whether the journal is away, or has refused a call of this function."""
        process, trace = self._cloud.kernel.current, self._cloud.kernel.trace
        refused = (by for _, by, call, _ in trace if call.startswith("fault: dynamodb."))
        return journal_is_away(self._cloud) or bool(process and process.name in refused)

    def _judge_wait(self, actor: Actor, site: Site) -> None:
        """Whoever had the lock before may have written until W after it was taken."""
        known = self._epochs.get((site.name, actor.switch_id), [])
        held = self._cloud.kernel.time - known[0][1] if known else 0.0
        if held < self._settle - 2 * self._cloud.clock_skew:
            self._broken(f"Shift wrote the rule {held:.0f} s after it got the lock, wanted {self._settle:.0f} s")

    def unfenced(self, actor: Actor) -> None:
        """The write without the journal comes in the first try, soon after its start, and after Shift or Bake alone."""
        process = self._cloud.kernel.current
        if process is None or actor.duty != "Rollback":
            return
        mine = [entry for entry in self._cloud.kernel.trace if entry[1] == process.name]
        reached = any(call.startswith("dynamodb.") and not isinstance(said[-1], Exception) for _, _, call, said in mine)
        if reached:
            return
        self.emergencies += 1
        event = json.loads(next(said[0] for _, _, call, said in mine if call == "begins"))
        entered = datetime.fromisoformat(event["entered"].replace("Z", "+00:00")).timestamp() - EPOCH
        lasted = self._cloud.kernel.time - entered
        if event["attempt"] or event["failure"]["phase"] not in ("Shift", "Bake"):
            self._broken(f"after {event['failure']['phase']}, try {event['attempt']}, the rule was written unfenced")
        if lasted > self._settle / 2 + AT_ONCE_SECONDS:
            self._broken(f"the rule was written unfenced {lasted:.0f} s after the rollback began")

    def _is_long_ago(self, time: float) -> bool:
        """Longer than a write, or a look before it, can be on its way."""
        return self._cloud.kernel.time - time > self._settle

    @property
    def _settle(self) -> float:
        return self._greenlight.policy.write_settle_seconds


def epoch_of(lock: Mapping[str, Any]) -> int:
    """The epoch that a lock says, -1 when somebody has damaged it."""
    return int(lock["epoch"]) if isinstance(lock.get("epoch"), Decimal) else -1


def journal_is_away(cloud: Cloud) -> bool:
    """Whether the journal cannot be reached right now."""
    return cloud.faults.outage("dynamodb.GetItem", cloud.kernel.time) is not None
