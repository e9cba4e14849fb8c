"""One declaration that goes forward: what has to be known to judge it, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from custom_resource.patience import Patience
from custom_resource.request import Kind
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage, Reference
from traffic_switch.verdict import Judgment, Verdict, failed, passed

from version_guard.judgment import contradictory, judge_live, judge_lock, running_tags
from version_guard.model import Declaration, GuardedService
from version_guard.naming import Naming
from version_guard.scanning import judge_scans
from version_guard.sighting import Sighting, judge_images
from version_guard.signature import judge_signature
from version_guard.world import World

TAGS_NAMED = 5
AGREEMENT_SECONDS = 15.0
"""How long rules and journal may contradict each other before the rules are believed: ELBv2 may answer late."""

AGREEMENT_PAUSE_SECONDS = 3.0

Look = Callable[[], Judgment]


@dataclass(frozen=True)
class Case:
    """`before` is what was declared before, None where that is unknown."""

    wanted: Declaration
    before: Declaration | None
    service: GuardedService
    world: World
    patience: Patience

    def judge(self, kind: Kind) -> Judgment:
        """The traffic first: these are the graver refusals. What may have changed meanwhile is looked at again at last.

        A gate may be waited for so long that a switch begins and ends: where users are is then looked at again, too.
        """
        live: Look = self._live if kind is Kind.UPDATE else _created
        gates = (*self._gates, live) if self._gates else ()
        for look in (self._lock, live, self._images, *gates, self._lock):
            judgment = look()
            if judgment.verdict is Verdict.FAIL:
                return judgment
        return passed("no live color is changed, no switch is disturbed, and every declared version has its image")

    def settle(self) -> Mapping[Color, Reference]:
        """Remember which image each version is, mark what runs, and say how each color names its image.

        What an earlier Greenlight's stack declares is not remembered: its colors name images by their tags.
        """
        if self.wanted.by_digest:
            self._remember()
        references = self._naming.references({version: seen.digest for version, seen in self._sightings.items()})
        mark_running(self.wanted, references, self.service, self.world, self.patience)
        return references

    @cached_property
    def _naming(self) -> Naming:
        known = {version: self._known(version) for version in set(self.wanted.versions.values())}
        return Naming(self.wanted, self.before, known)

    def _known(self, version: str) -> KnownImage | None:
        return self.patience(partial(self.world.memory.get, self.wanted.service, version))

    @cached_property
    def _sightings(self) -> Mapping[str, Sighting]:
        """What registry and journal show of the versions that are new to a color, or to this way of naming them."""
        naming = self._naming
        return {
            version: self._sighting(version) for version in naming.versions_of(*naming.changing, *naming.staying_by_tag)
        }

    def _sighting(self, version: str) -> Sighting:
        images, known = self.world.images(self.service), self._naming.known[version]
        tagged = self.patience(partial(images.digest, version))
        if known is None or known.digest in ("", tagged):
            return Sighting(version, tagged, known, is_kept=bool(tagged))
        return Sighting(version, tagged, known, self.patience(partial(images.has, known.digest)))

    def _lock(self) -> Judgment:
        lock = self.patience(lambda: self.world.journal.lock(self.wanted.service))
        return judge_lock(self.wanted.service, self._naming.changing, lock, self.world.surroundings.now())

    def _live(self) -> Judgment:
        """Rules and journal that contradict each other are looked at until they agree, or for AGREEMENT_SECONDS."""
        if self.wanted.allow_live_change or not self._naming.changing:
            return passed("no live color is changed, or it is allowed")
        clock = self.world.surroundings
        deadline = clock.monotonic() + AGREEMENT_SECONDS
        while True:
            weights = self.patience(lambda: self.world.weights(self.service))
            live = self.patience(lambda: self.world.journal.live(self.wanted.service))
            if not contradictory(weights, live) or clock.monotonic() >= deadline:
                return judge_live(self._naming, weights, live)
            clock.sleep(AGREEMENT_PAUSE_SECONDS)

    def _images(self) -> Judgment:
        seen = [self._sightings[version] for version in self._naming.versions_of(*self._naming.changing)]
        newest = () if all(each.digest for each in seen) else self._newest()
        return judge_images(
            self.wanted.service, self.service.repository, seen, newest, recorded_images=self.wanted.recorded_images
        )

    @property
    def _gates(self) -> Sequence[Look]:
        """What is asked of new versions, the quicker answer first."""
        asked = {self._signatures: self.service.required_profile, self._scans: self.service.refused_severity}
        return [look for look, wanted in asked.items() if wanted]

    def _signatures(self) -> Judgment:
        port = self.world.signatures(self.service)
        return self._of_new_versions(
            lambda version, digest: judge_signature(
                version, digest, self.service.required_profile, port, self.patience, self.world.surroundings
            )
        )

    def _scans(self) -> Judgment:
        scans = self.world.scans(self.service)
        return self._of_new_versions(
            lambda version, digest: judge_scans(
                version, digest, self.service.refused_severity, scans, self.patience, self.world.surroundings
            )
        )

    def _of_new_versions(self, judge: Callable[[str, str], Judgment]) -> Judgment:
        """What was deployed once is not judged again: what is found later must keep nobody from going back.

        A version whose image was gone when it was remembered is whatever its tag says now: that nobody has judged.
        """
        for version in self._naming.versions_of(*self._naming.changing):
            if self._sightings[version].recorded:
                continue
            judgment = judge(version, self._sightings[version].digest)
            if judgment.verdict is Verdict.FAIL:
                return failed(f"{self.wanted.service}: {judgment.reason}")
        return passed("nothing keeps a new version from users")

    def _newest(self) -> Sequence[str]:
        return self.patience(lambda: self.world.images(self.service).newest(TAGS_NAMED))

    def _remember(self) -> None:
        """Write down what each version is, and which colors name it how from now on."""
        naming, now = self._naming, self.world.surroundings.now()
        for version, seen in self._sightings.items():
            by_tag = [color for color in naming.staying_by_tag if self.wanted.versions[color] == version]
            by_digest = [color for color in naming.changing if self.wanted.versions[color] == version]
            remember = partial(self.world.memory.remember, self.wanted.service, version, seen.digest, now)
            self.patience(partial(remember, by_tag=by_tag, by_digest=by_digest))


def mark_running(
    wanted: Declaration,
    references: Mapping[Color, Reference],
    service: GuardedService,
    world: World,
    patience: Patience,
) -> None:
    """Tag what runs, so that the repository keeps it."""
    images = world.images(service)
    for tag, color in running_tags(wanted, service.running_tags).items():
        patience(partial(images.mark, tag, references[color]))


def _created() -> Judgment:
    return passed("a color that is created with its stack has no users whose version could change")
