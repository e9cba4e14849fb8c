"""Whether a version still is the image that it was when it was first deployed: facts in, judgment out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from live_traffic.running_switch import LATEST_SECONDS
from traffic_switch.image import KnownImage
from traffic_switch.verdict import Judgment, failed, passed


@dataclass(frozen=True)
class Sighting:
    """One version as registry and journal show it: the digest that its tag has, empty without one, and what is known.

    `is_kept`: the image that it was is still in the repository, under whatever name.
    """

    version: str
    tagged: str
    known: KnownImage | None = None
    is_kept: bool = False

    @property
    def recorded(self) -> str:
        """The digest that the version was first deployed with; empty for one that is new."""
        return self.known.digest if self.known else ""

    @property
    def digest(self) -> str:
        """What the version is: what it was, or what its tag says of a new one. Empty when there is no image at all."""
        return self.recorded or self.tagged

    @property
    def moved(self) -> bool:
        """Whether the tag is not on the image that the version was."""
        return bool(self.recorded) and self.tagged != self.recorded


def judge_images(
    service: str, repository: str, sightings: Iterable[Sighting], newest: Sequence[str], recorded_images: bool
) -> Judgment:
    """Refuse versions without an image, and those that are another image than they were.

    A host or a task would find out only after the old container is gone. `recorded_images` takes the image that a
    version was, if it is still there.
    """
    seen = list(sightings)
    if refusals := [*_without_image(repository, seen, newest), *_moved(repository, seen, recorded_images)]:
        return failed("; ".join(f"{service}: {each}" for each in refusals))
    return passed("every declared version has its image")


def _without_image(repository: str, seen: Sequence[Sighting], newest: Sequence[str]) -> Iterator[str]:
    missing = sorted(each.version for each in seen if not each.digest)
    if missing:
        tags = " and ".join(f"{tag!r}" for tag in missing)
        have = f"the newest there are {', '.join(newest)}" if newest else "the repository is empty"
        yield (
            f"there is no image {tags} in the repository {repository}; {have}."
            " Push the image first, or declare a version that is there"
        )


def _moved(repository: str, seen: Sequence[Sighting], recorded_images: bool) -> Iterator[str]:
    for each in seen:
        if not each.moved:
            continue
        if not each.is_kept:
            yield (
                f"{_history(each)}, which is not in the repository {repository} any more: it has expired, or somebody"
                " deleted it. Push it again, or what you want to run under a new version"
            )
        elif not recorded_images:
            yield f"{_history(each)}. {_push(each)}, or deploy with -c recorded_images=true to run what it was"


def _history(each: Sighting) -> str:
    """What the version was, and what its tag says now."""
    since = each.known.since if each.known else 0.0
    now = f"the tag {each.version!r} is on {each.tagged}" if each.tagged else f"nothing has the tag {each.version!r}"
    return f"{now}, but {each.version} was first deployed{_on(since)} as {each.recorded}"


def _push(each: Sighting) -> str:
    again = " and pushed it again" if each.tagged else ""
    return f"Somebody deleted the tag{again}. Push what you want to run under a new version"


def _on(since: float) -> str:
    return f" on {datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S} UTC" if 0 < since <= LATEST_SECONDS else ""
