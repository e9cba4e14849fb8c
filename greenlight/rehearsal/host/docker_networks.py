"""The networks that a host's docker has made: a container joins none that is not there."""

from __future__ import annotations

from dataclasses import dataclass, field

from greenlight.rehearsal.runner.errors import ContainerError

GIVEN = ("bridge", "host", "none")
"""Those that every docker has."""


@dataclass(frozen=True)
class Networks:
    """The names of all networks. No packet is routed: what they keep apart here is nothing."""

    made: set[str] = field(default_factory=set)

    def create(self, name: str) -> None:
        """Make a network. Raises ContainerError when it is there."""
        if name in (*GIVEN, *self.made):
            raise ContainerError(f"network with name {name} already exists")
        self.made.add(name)

    def require(self, name: str) -> None:
        """Raise ContainerError, in docker's words, when there is no such network."""
        if name not in (*GIVEN, *self.made):
            raise ContainerError(f"network {name} not found")
