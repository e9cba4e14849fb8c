"""What the outside sees of a container, and where the container tells that it serves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class RouteTable(Protocol):
    """Where real processes stand in for targets; the balancer follows it."""

    def publish(self, target: str, port: int, host: str, real_port: int) -> None:
        """Send what is meant for the target to the real port from now on."""

    def withdraw(self, target: str, port: int) -> None:
        """Forget the target: nothing serves it any more."""


class ContainerState(StrEnum):
    """What a container is doing, in Docker's words."""

    CREATED = "created"
    RUNNING = "running"
    RESTARTING = "restarting"
    EXITED = "exited"


@dataclass(frozen=True)
class Look:
    """What can be seen of a container at one moment."""

    id: str
    name: str
    host: str
    image: str
    version: str
    environment: str
    """The color, as the container was told; empty when it was told none."""
    state: ContainerState
    pid: int | None
    port: int
    started_at: float | None
    restarts: int
    exit_code: int | None
