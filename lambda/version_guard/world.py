"""Everything outside the pure core, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from traffic_switch.model import Weights

from version_guard.model import GuardedService


class ImagesPort(Protocol):
    """One service's image repository."""

    def missing(self, tags: Iterable[str]) -> set[str]: ...
    def newest(self, count: int) -> list[str]: ...
    def mark(self, tag: str, version: str) -> None: ...


@dataclass(frozen=True)
class World:
    """What the handler may touch."""

    services: Mapping[str, GuardedService]
    images: Callable[[GuardedService], ImagesPort]
    weights: Callable[[GuardedService], Weights | None]
    is_rolling_back: Callable[[str], bool]
    answer: Callable[..., None]
