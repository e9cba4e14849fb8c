"""Everything outside the pure core, as one object: the procedure gets it passed in, so tests pass another one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from traffic_switch.model import Target

from host_color.judgment import Invocation
from host_color.model import HostColor, Place


class CommandsPort(Protocol):
    """Commands on the host."""

    def send(self, color: HostColor) -> str:
        """Return the command's id. Raises NotSentError when it was not taken, but may be later."""

    def look(self, command_id: str, instance_id: str) -> Invocation | None: ...


class TargetsPort(Protocol):
    """The colors' target groups."""

    def register(self, place: Place) -> None: ...
    def deregister(self, place: Place) -> None: ...
    def health(self, target_group_arn: str) -> Sequence[Target]: ...


@dataclass(frozen=True)
class World:
    """What the procedure may touch. `now` and `sleep` are in seconds."""

    commands: CommandsPort
    targets: TargetsPort
    is_rolling_back: Callable[[str], bool]
    answer: Callable[..., None]
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
