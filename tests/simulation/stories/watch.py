"""The invariants of the design, judged after every event of a scenario and once more when all is quiet."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.actors import Actor
from tests.simulation.cloudformation.requests import Request
from tests.simulation.installation import Installation
from tests.simulation.site import COLORS, Site
from tests.simulation.stories import truth
from tests.simulation.stories.conduct import Conduct, epoch_of
from tests.simulation.stories.identity import Identity
from tests.simulation.stories.ledger import Ledger
from tests.simulation.stories.passages import Passages
from tests.simulation.stories.regard import Regard
from tests.simulation.stories.safety import Safety

WRITES = {"elbv2.ModifyRule", "elbv2.CreateRule", "elbv2.DeleteRule"}
FORWARD = "Shift"
READ = "secretsmanager.GetSecretValue"
Item = Mapping[str, Any]


@dataclass
class Watch:
    """Collects violations. `edited`: a person changed the rule, so that it need not be as the journal says."""

    greenlight: Installation
    leaves_lock: bool = False
    violations: list[str] = field(default_factory=list)
    edited: bool = False
    edited_at: float = -math.inf
    moved: set[str] = field(default_factory=set)
    """Switches that have changed what the rule says."""

    def __post_init__(self) -> None:
        cloud = self.greenlight.cloud
        self.edited = any(self._is_off(site) for site in self.greenlight.sites)
        self.edited_at = 0.0 if self.edited else -math.inf
        self._weights = {site.name: site.rule_weights() for site in self.greenlight.sites}
        self._identity = Identity(self.greenlight, self.broken)
        self._held_at: dict[str, tuple[str, int, float]] = {}
        self._conduct = Conduct(self.greenlight, self.broken)
        self._regard = Regard(self.greenlight, self.broken)
        self._passages = Passages(self.greenlight, self.broken)
        self._ledger = Ledger(self.greenlight, self.broken, self._is_off_by_name, lambda: self.edited_at)
        self._safety = Safety(self.greenlight, self.broken)
        self._ledger.on_record = self._safety.recorded
        cloud.after_event.append(self._happened)
        self._answered, cloud.web.on_answer = cloud.web.on_answer, self._hears

    def broken(self, what: str) -> None:
        """Note a violation, once."""
        if what not in self.violations:
            self.violations.append(what)

    def _happened(self, call: str, parameters: Mapping[str, Any]) -> None:
        if call.startswith("dynamodb."):
            self._journal_changed()
            self._conduct.journal_changed()
            self._ledger.changed()
        if call in WRITES and (actor := self._actor()):
            self._conduct.unfenced(actor)
        if call in WRITES or call == "elbv2.SetRulePriorities":
            self._rule_changed(call)

    def _journal_changed(self) -> None:
        """Remember since when each lock has its epoch: W counts from there."""
        cloud = self.greenlight.cloud
        for site in self.greenlight.sites:
            lock = cloud.lock(site.name)
            known = self._held_at.get(site.name)
            if lock is None:
                self._held_at.pop(site.name, None)
            elif known is None or known[:2] != (lock.get("owner"), epoch_of(lock)):
                self._held_at[site.name] = (lock.get("owner", ""), epoch_of(lock), cloud.kernel.time)

    def _rule_changed(self, call: str) -> None:
        for site in self.greenlight.sites:
            self._judge_identity(site)
            weights = site.rule_weights()
            if weights == self._weights[site.name]:
                continue
            before, self._weights[site.name] = self._weights[site.name], weights
            self._judge_change(site, before, weights, call)

    def _judge_change(self, site: Site, before: Any, weights: Any, call: str) -> None:
        actor = self._actor()
        self._passages.wrote(actor, site, before, weights)
        self._safety.wrote(actor, site, before, weights, self._identity.is_unseen(site, self.edited_at))
        if actor is None:
            self.edited, self.edited_at = True, self.greenlight.cloud.kernel.time
            self._regard.edited(site, weights)
            return
        self.moved.add(actor.switch_id)
        self._conduct.wrote(actor, site)
        self._regard.wrote(actor, site, before, weights)
        if actor.service != site.name:
            self.broken(f"a switch of {actor.service} changed the rule of {site.name}")
        self._judge_shape(weights)
        self._judge_right(actor, site)
        if actor.duty == FORWARD:
            self._judge_proof(actor, site, weights)
        elif weights and actor.duty != "Repair":
            self._judge_return(site, weights)

    def _judge_shape(self, weights: Any) -> None:
        """Invariant 4: never partly written."""
        if weights is not None and (set(weights) != set(COLORS) or sorted(weights.values()) != [0, 100]):
            self.broken(f"the rule was written as {weights}")

    def _judge_right(self, actor: Actor, site: Site) -> None:
        """Invariant 6: nobody writes without the lock, once its owner has held it for W."""
        cloud = self.greenlight.cloud
        held = self._held_at.get(site.name)
        if held is None:
            if not self._is_emergency(actor):
                self.broken(f"{actor.duty} wrote the rule while nobody held the lock")
            return
        firm = cloud.kernel.time - held[2] > self.greenlight.policy.write_settle_seconds + cloud.clock_skew * 2
        if held[0] != actor.switch_id and firm:
            self.broken(f"{actor.duty} wrote the rule under a newer owner of the lock")

    def _is_emergency(self, actor: Actor) -> bool:
        return actor.duty == "Rollback" and bool(self.greenlight.cloud.faults.outages)

    def _was_proved(self, switch_id: str) -> bool:
        """Whether gate and smoke test passed: the states after them were entered."""
        execution = self.greenlight.executions.all.get(switch_id)
        passed = [visit.state for visit in execution.run.visits] if execution else []
        looks = passed.count("Gate")
        return looks >= self.greenlight.policy.gate_consecutive and {"MaySwitch", "Smoke", "IsSmokeFree"} <= set(passed)

    def _judge_proof(self, actor: Actor, site: Site, weights: Mapping[str, int]) -> None:
        """Invariant 1: what gets traffic was proved, and still runs the version that was proved."""
        item = self.greenlight.cloud.switch_item(actor.switch_id) or {}
        switch = json.loads(item.get("switch", "{}"))
        if not self._was_proved(actor.switch_id):
            self.broken(f"traffic moved to {switch.get('color')} before gate and smoke test had passed")
        if weights.get(switch.get("color", ""), 0) != 100:
            self.broken(f"a release of {switch.get('color')} wrote {weights}")

    def _judge_return(self, site: Site, weights: Mapping[str, int]) -> None:
        """Invariant 1, the exception: what the journal remembers, and the version that it remembers there."""
        color = max(weights, key=lambda name: weights[name])
        remembered = [
            before["live"].get("version")
            for item in self._switches(site.name)
            if (before := item.get("before")) and before["weights"] and before["weights"][color] == weights[color]
        ]
        runs = self.greenlight.runs(site, color)
        if runs not in remembered and self._could_ask():
            self.broken(f"traffic was given back to {color}, which runs {runs}; the journal remembers {remembered}")

    def _judge_identity(self, site: Site) -> None:
        actor = self._actor()
        if not self._identity.changed(site, actor, self.edited_at):
            return
        if actor is None:
            self.edited, self.edited_at = True, self.greenlight.cloud.kernel.time
        else:
            self._judge_right(actor, site)

    def _hears(self, request_id: str, answer: dict[str, Any]) -> None:
        """Invariant 8: an answer is true at the moment at which CloudFormation hears it."""
        request = next((one for one in self.greenlight.stacks.requests if one.id == request_id), None)
        if request is not None and not request.closed:
            self._judge_answer(request, request_id, answer)
        self._answered(request_id, answer)

    def _judge_answer(self, request: Request, request_id: str, answer: Mapping[str, Any]) -> None:
        earlier = [given for _, given in request.answers]
        if earlier and any(given.get("Status") != answer["Status"] for given in earlier):
            self.broken(f"{request_id} got two different answers")
        item = self.greenlight.cloud.switch_item(request_id)
        if item is None:
            return
        switch = json.loads(item["switch"])
        site = next(one for one in self.greenlight.sites if one.name == switch["service"])
        self._judge_outcome(item, request_id)
        if answer["Status"] == "SUCCESS" and item.get("outcome") == "DONE" and not self.edited:
            self._judge_live(site, switch)
        undone = self.greenlight.cloud.switch_item(switch["undoes"]) if switch["undoes"] else None
        if (
            undone
            and json.loads(undone["answer"])["status"] == "SUCCESS"
            and not truth.rolls_back(self.greenlight, request)
        ):
            self.broken("going back by hand was run as a rollback, without gate and bake")
        nothing = switch["mode"] == "restore" and not switch["undoes"]
        if nothing and not self._is_owed(site, request_id) and not self.edited and self._is_off(site):
            self.broken("there was said to be nothing to undo, and the rule is not as the journal says")
        if answer["Status"] == "SUCCESS" and item.get("outcome") == "REMOVED" and site.rule() is not None:
            self.broken("a removal answered SUCCESS, and the rule is still there")

    def _judge_outcome(self, item: Item, request_id: str) -> None:
        outcome = item.get("outcome", "")
        if not outcome:
            self.broken(f"{request_id} was answered before it had an outcome")
        if outcome == "UNCHANGED" and request_id in self.moved:
            self.broken(f"{request_id} says UNCHANGED, and moved traffic")
        if outcome == "HELD" and not self.greenlight.cloud.pages:
            self.broken(f"{request_id} says HELD, and nobody was paged")

    def _judge_live(self, site: Site, switch: Mapping[str, Any]) -> None:
        wanted = {color: 100 if color == switch["color"] else 0 for color in COLORS}
        if site.rule_weights() != wanted:
            self.broken(f"a release answered SUCCESS, and the rule has {site.rule_weights()}")
        live = self.greenlight.cloud.live(site.name) or {}
        if (live.get("color"), live.get("version")) != (switch["color"], switch["version"]):
            self.broken(f"a release answered SUCCESS, and the journal says that {live} is live")

    def finally_(self) -> list[str]:
        """What must hold when nothing is left to do."""
        for problem in self._finally():
            self.broken(problem)
        return self.violations

    def _finally(self) -> Iterator[str]:
        cloud, greenlight = self.greenlight.cloud, self.greenlight
        if running := greenlight.executions.running():
            yield f"executions run for ever: {running}"
        for request in greenlight.stacks.requests:
            if not request.answers and request.closed not in ("cancelled", "gave up"):
                yield f"{request.event['RequestType']} {request.id} was never answered"
        yield from truth.undelivered(cloud)
        for site in greenlight.sites:
            yield from self._finally_of(site)
        yield from truth.final(greenlight, self.edited)
        told = cloud.pages or any(outage.service == "sns" for outage in cloud.faults.outages)
        if self._conduct.emergencies and not told:
            yield "the rule was written without the journal, and nobody was paged"

    def _finally_of(self, site: Site) -> Iterator[str]:
        """Invariants 2 and 3."""
        cloud = self.greenlight.cloud
        if (lock := cloud.lock(site.name)) and not self.leaves_lock:
            yield f"the lock is never freed: {lock.get('owner')}"
        if not (self.edited or self._is_held(site)) and self._is_off(site):
            yield f"finally the rule has {site.rule_weights()}, and the journal says {cloud.live(site.name)}"

    def _is_held(self, site: Site) -> bool:
        """Whether a switch held the traffic, and somebody was paged."""
        held = any(item.get("outcome") == "HELD" for item in self._switches(site.name))
        return held and bool(self.greenlight.cloud.pages)

    def _is_owed(self, site: Site, request_id: str) -> bool:
        """Whether somebody else is still to put the rule right: a person who was paged, or a switch with the lock."""
        owner = (self.greenlight.cloud.lock(site.name) or {}).get("owner", request_id)
        other = self.greenlight.cloud.switch_item(owner) if owner != request_id else None
        return self._is_held(site) or (other is not None and "outcome" not in other)

    def _could_ask(self) -> bool:
        """Whether the function has read the secret, without which no color can be asked for its version."""
        kernel = self.greenlight.cloud.kernel
        mine = kernel.current.name if kernel.current else ""
        tries = [(call, str(said[-1])) for _, name, call, said in kernel.trace if name == mine and call.endswith(READ)]
        unheard = sum(call != READ and "after it took effect" in said for call, said in tries)
        read = sum(call == READ for call, _ in tries)
        return bool(read > unheard)

    def _is_off(self, site: Site) -> bool:
        """Whether the rule is otherwise than the journal says. A damaged item says nothing."""
        live = self.greenlight.cloud.live(site.name)
        if live and not set(COLORS) <= set(live):
            return False
        wanted = {color: int(live[color]) for color in COLORS} if live else None
        return site.rule_weights() != wanted

    def _is_off_by_name(self, service: str) -> bool:
        return any(self._is_off(site) for site in self.greenlight.sites if site.name == service)

    def _switches(self, service: str) -> Iterator[Item]:
        return (item for item in self.greenlight.switches() if json.loads(item["switch"])["service"] == service)

    def _actor(self) -> Actor | None:
        process = self.greenlight.cloud.kernel.current
        owner = process.owner if process else self.greenlight.cloud.late_owner
        return owner if isinstance(owner, Actor) else None
