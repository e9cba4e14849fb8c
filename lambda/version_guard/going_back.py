"""A rollback: each color gets the name of its image again that it had."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from custom_resource.patience import Patience
from traffic_switch.contract import Color
from traffic_switch.errors import AwsCallError
from traffic_switch.image import KnownImage, Reference

from version_guard.case import mark_running
from version_guard.model import Declaration, GuardedService
from version_guard.naming import restored
from version_guard.world import World

log = logging.getLogger(__name__)

T = TypeVar("T")

PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class GoingBack:
    """What a rollback goes back to."""

    wanted: Declaration
    service: GuardedService
    world: World
    patience: Patience

    def references(self) -> Mapping[Color, Reference]:
        """How each color named its image. Resources of an earlier Greenlight name theirs themselves.

        Raises:
            SwitchError: the journal cannot be read, for as long as the function's time allows.
        """
        if not self.wanted.by_digest:
            return restored(self.wanted, {}, {})
        versions = set(self.wanted.versions.values())
        known = {version: self._insist(partial(self._memory, version)) for version in versions}
        return restored(
            self.wanted, known, {version: self._tagged(version) for version in versions if not known[version]}
        )

    def mark_running(self, references: Mapping[Color, Reference]) -> None:
        """Tag what runs again, if that works."""
        try:
            mark_running(self.wanted, references, self.service, self.world, self.patience)
        except Exception:
            log.exception("the tags of what runs could not be put back")

    def _memory(self, version: str) -> KnownImage | None:
        return self.world.memory.get(self.wanted.service, version)

    def _tagged(self, version: str) -> str:
        """The digest that a forgotten version's tag has; without one, the color is named by the tag."""
        try:
            return self.patience(partial(self.world.images(self.service).digest, version))
        except Exception:
            log.exception("the image could not be looked up", extra={"version": version})
            return ""

    def _insist(self, call: Callable[[], T]) -> T:
        """Try again until the time is over: what cannot be read now may be read in a minute."""
        while True:
            try:
                return self.patience(call)
            except (AwsCallError, ClientError, BotoCoreError):
                if self.patience.seconds_left <= PAUSE_SECONDS:
                    raise
                log.exception("the journal is asked again")
            self.world.surroundings.sleep(PAUSE_SECONDS)
