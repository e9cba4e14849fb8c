"""Everything outside the pure core, as one object: the procedure gets it passed in, so tests pass another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from custom_resource.serving import Answering
from traffic_switch.journal import Lock
from traffic_switch.model import Target
from traffic_switch.surroundings import Surroundings

from host_color.judgment import Invocation
from host_color.model import HostColor, Place, Step


class CommandsPort(Protocol):
    """Commands on the host."""

    def send(self, color: HostColor, step: Step) -> str:
        """Return the command's id. Raises NotSentError when it was not taken, but may be later."""

    def look(self, command_id: str, instance_id: str) -> Invocation | None: ...


class TargetsPort(Protocol):
    """The colors' target groups."""

    def register(self, place: Place) -> None: ...
    def deregister(self, place: Place) -> None: ...
    def health(self, target_group_arn: str) -> Sequence[Target]: ...


@dataclass(frozen=True)
class World:
    """What the procedure may touch.

    `lock` is the lock of a service, None when no switch runs. `weights` tells, for a listener, what each target group
    gets by its rules.
    """

    commands: CommandsPort
    targets: TargetsPort
    lock: Callable[[str], Lock | None]
    weights: Callable[[str], Mapping[str, int]]
    is_rolling_back: Callable[[str], bool]
    answer: Answering
    surroundings: Surroundings
