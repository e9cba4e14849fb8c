"""The images that a host holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from greenlight.rehearsal.runner.spec import ImageReference


@dataclass(frozen=True)
class Images:
    """The images that a host has pulled: each with the version it held then, as a tag may have moved since."""

    find_version: Callable[[ImageReference], str]
    pulled: dict[str, str] = field(default_factory=dict)

    def pull(self, reference: str) -> str:
        """Ask the registry, with the host's own credentials; return the version."""
        self.pulled[reference] = version = self.find_version(ImageReference.parse(reference))
        return version

    def version(self, reference: str) -> str:
        """Return the version of an image that is here, pulling it when it is not."""
        return self.pulled.get(reference) or self.pull(reference)
