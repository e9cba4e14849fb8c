"""Everything outside the pure core, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from custom_resource.serving import Answering
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage, Reference
from traffic_switch.journal import Lock
from traffic_switch.model import Live
from traffic_switch.surroundings import Surroundings

from version_guard.model import GuardedService
from version_guard.scanning import ScansPort
from version_guard.signature import SignaturesPort


class ImagesPort(Protocol):
    """One service's image repository."""

    def digest(self, tag: str) -> str: ...
    def has(self, digest: str) -> bool: ...
    def newest(self, count: int) -> list[str]: ...
    def mark(self, tag: str, reference: Reference) -> None: ...


class JournalPort(Protocol):
    """The part of the journal that is read."""

    def lock(self, service: str) -> Lock | None: ...
    def live(self, service: str) -> Live | None: ...


class MemoryPort(Protocol):
    """What the journal knows of the images of versions."""

    def get(self, service: str, version: str) -> KnownImage | None: ...
    def remember(
        self,
        service: str,
        version: str,
        digest: str,
        at: float,
        *,
        by_tag: Collection[Color] = ...,
        by_digest: Collection[Color] = ...,
    ) -> None: ...


@dataclass(frozen=True)
class World:
    """What the handler may touch. `weights` tells what each color of a service gets by the rules of its listener."""

    services: Mapping[str, GuardedService]
    images: Callable[[GuardedService], ImagesPort]
    weights: Callable[[GuardedService], Mapping[Color, int]]
    journal: JournalPort
    memory: MemoryPort
    is_rolling_back: Callable[[str], bool]
    answer: Answering
    surroundings: Surroundings
    scans: Callable[[GuardedService], ScansPort]
    signatures: Callable[[GuardedService], SignaturesPort]
