"""Everything outside the pure core, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from custom_resource.serving import Answering
from traffic_switch.contract import Color
from traffic_switch.journal import Lock
from traffic_switch.model import Live
from traffic_switch.surroundings import Surroundings

from version_guard.model import GuardedService


class ImagesPort(Protocol):
    """One service's image repository."""

    def missing(self, tags: Iterable[str]) -> set[str]: ...
    def newest(self, count: int) -> list[str]: ...
    def mark(self, tag: str, version: str) -> None: ...


class JournalPort(Protocol):
    """The part of the journal that is read."""

    def lock(self, service: str) -> Lock | None: ...
    def live(self, service: str) -> Live | None: ...


@dataclass(frozen=True)
class World:
    """What the handler may touch. `weights` tells what each color of a service gets by the rules of its listener."""

    services: Mapping[str, GuardedService]
    images: Callable[[GuardedService], ImagesPort]
    weights: Callable[[GuardedService], Mapping[Color, int]]
    journal: JournalPort
    is_rolling_back: Callable[[str], bool]
    answer: Answering
    surroundings: Surroundings
