"""How a declaration is judged: what is looked at, in which order, and what a rollback is spared.

**What is left.** CloudFormation changes the colors after the guard has answered, and nothing locks them: a switch that
takes its lock in between is not seen. The lock is therefore looked at last of all. After that, on EC2, `host_color`
looks again before it touches a container. On both computes the switch defends itself: its smoke test and each probe of
its bake require the version that it was asked for, so a color that is replaced under it fails, and the traffic goes
back. Its rollback asks the color that it goes back to for its version too, and pages rather than move users to another.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from custom_resource.patience import Patience
from custom_resource.request import Event, Kind, kind_of, properties
from custom_resource.stack import SECOND_LOOK_SECONDS, is_known_to_roll_back
from traffic_switch.errors import RequestError
from traffic_switch.verdict import Judgment, Verdict, failed, passed

from version_guard.judgment import contradictory, judge_images, judge_live, judge_lock, running_tags, unproved
from version_guard.model import Declaration, GuardedService, found
from version_guard.world import World

log = logging.getLogger(__name__)

TAGS_NAMED = 5
AGREEMENT_SECONDS = 15.0
"""How long rules and journal may contradict each other before the rules are believed: ELBv2 may answer late."""

AGREEMENT_PAUSE_SECONDS = 3.0


def decide(event: Event, world: World, patience: Patience) -> tuple[str, str]:
    """Return SUCCESS or FAILED with the reason. Only a deployment that goes forward is ever refused."""
    kind = kind_of(event)
    if kind is Kind.DELETE:
        return "SUCCESS", "nothing to guard"
    if is_known_to_roll_back(event, world.is_rolling_back, patience):
        return _roll_back(event, world, patience)
    judgment = _go_forward(event, kind, world, patience)
    if judgment.verdict is not Verdict.FAIL:
        return "SUCCESS", judgment.reason
    if kind is Kind.UPDATE:
        world.surroundings.sleep(SECOND_LOOK_SECONDS)
        if is_known_to_roll_back(event, world.is_rolling_back, patience):
            return _roll_back(event, world, patience)
    return "FAILED", judgment.reason


def _roll_back(event: Event, world: World, patience: Patience) -> tuple[str, str]:
    """Never stop a rollback, whatever it goes back to; put the tags back if that works."""
    try:
        wanted = Declaration.from_properties(properties(event))
        _Case(wanted, None, found(world.services, wanted.service), world, patience).mark_running()
    except Exception:
        log.exception("the tags of what runs could not be put back")
    return "SUCCESS", "rolling back"


def _go_forward(event: Event, kind: Kind, world: World, patience: Patience) -> Judgment:
    """What cannot be read is refused."""
    try:
        wanted = Declaration.from_properties(properties(event))
        service = found(world.services, wanted.service)
        return _Case(wanted, _before(event), service, world, patience).judge(kind)
    except Exception as error:
        log.exception("the declaration was not judged")
        return failed(f"the versions could not be checked: {error}")


def _before(event: Event) -> Declaration | None:
    """What was declared before, or None: then nothing is known to stay as it is."""
    try:
        return Declaration.from_properties(properties(event, "OldResourceProperties"))
    except RequestError:
        return None


@dataclass(frozen=True)
class _Case:
    """One declaration, and what has to be known to judge it."""

    wanted: Declaration
    before: Declaration | None
    service: GuardedService
    world: World
    patience: Patience

    def judge(self, kind: Kind) -> Judgment:
        """The traffic first: these are the graver refusals. The lock is looked at again when all else is known."""
        live = self._live if kind is Kind.UPDATE else _created
        for look in (self._lock, live, self._images, self._lock):
            judgment = look()
            if judgment.verdict is Verdict.FAIL:
                return judgment
        self.mark_running()
        return passed("no live color is changed, no switch is disturbed, and every declared version has an image")

    def mark_running(self) -> None:
        """Tag what runs, so that the repository keeps it."""
        images = self.world.images(self.service)
        for tag, version in running_tags(self.wanted, self.service.running_tags).items():
            self.patience(partial(images.mark, tag, version))

    def _lock(self) -> Judgment:
        lock = self.patience(lambda: self.world.journal.lock(self.wanted.service))
        changed = self.wanted.changed_since(self.before)
        return judge_lock(self.wanted.service, changed, lock, self.world.surroundings.now())

    def _live(self) -> Judgment:
        """Rules and journal that contradict each other are looked at until they agree, or for AGREEMENT_SECONDS."""
        if self.wanted.allow_live_change or not self.wanted.changed_since(self.before):
            return passed("no live color is changed, or it is allowed")
        clock = self.world.surroundings
        deadline = clock.monotonic() + AGREEMENT_SECONDS
        while True:
            weights = self.patience(lambda: self.world.weights(self.service))
            live = self.patience(lambda: self.world.journal.live(self.wanted.service))
            if not contradictory(weights, live) or clock.monotonic() >= deadline:
                return judge_live(self.wanted, self.before, weights, live)
            clock.sleep(AGREEMENT_PAUSE_SECONDS)

    def _images(self) -> Judgment:
        images, repository = self.world.images(self.service), self.service.repository
        missing = self.patience(lambda: images.missing(unproved(self.wanted, self.before)))
        newest = self.patience(lambda: images.newest(TAGS_NAMED)) if missing else ()
        return judge_images(self.wanted, repository, missing, newest)


def _created() -> Judgment:
    return passed("a color that is created with its stack has no users whose version could change")
