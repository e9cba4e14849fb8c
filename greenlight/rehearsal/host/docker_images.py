"""The images that a host holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from greenlight.rehearsal.runner.images import StoredImage
from greenlight.rehearsal.runner.spec import ImageReference


@dataclass(frozen=True)
class PulledImages:
    """The images that a host has pulled: each as it was then, as a tag may have moved since."""

    find: Callable[[ImageReference], StoredImage]
    pulled: dict[str, StoredImage] = field(default_factory=dict)

    def pull(self, reference: str) -> StoredImage:
        """Ask the registry, with the host's own credentials."""
        self.pulled[reference] = image = self.find(ImageReference.parse(reference))
        return image

    def get(self, reference: str) -> StoredImage:
        """Return an image that is here, pulling it when it is not."""
        return self.pulled.get(reference) or self.pull(reference)
