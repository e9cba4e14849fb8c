"""Everything outside the procedure, as one object: the handler gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from custom_resource.serving import Answering
from traffic_switch.surroundings import Surroundings

from preview_keys.keyring import Fresh, Keyring


class Kept(NamedTuple):
    """What the secret holds, and which version of it that is; no version while it holds nothing yet."""

    ring: Keyring
    version: str


class Secret(Protocol):
    """Where the values are kept."""

    def read(self) -> Kept: ...
    def replace(self, version: str, ring: Keyring) -> bool:
        """Write, unless another version than this one is there by now. Return whether that was done."""


class Rules(Protocol):
    """The preview rules of the load balancer."""

    def follow(self, opening: Mapping[str, Sequence[str]]) -> None:
        """Let each accept the values of its name, and no other."""


@dataclass(frozen=True)
class World:
    """What the function may touch. `names` are those of the settings; `rotation_days` is 0 for never.

    `spread_seconds` is how long the load balancer may take to follow a rule.
    """

    secret: Secret
    rules: Rules
    names: Sequence[str]
    rotation_days: int
    spread_seconds: float
    fresh: Fresh
    answer: Answering
    surroundings: Surroundings
