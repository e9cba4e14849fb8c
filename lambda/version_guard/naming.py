"""How each color names its image, and which colors this deployment changes. Pure.

A color whose version does not change keeps its name, byte for byte: another one would replace its container, though the
image is the same. So a color that an earlier Greenlight started by a tag keeps the tag until its version changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from traffic_switch.contract import Color, image_attribute, named_image_attribute
from traffic_switch.image import KnownImage, Reference

from version_guard.model import Declaration

Known = Mapping[str, KnownImage | None]
"""What the journal knows of each declared version."""


@dataclass(frozen=True)
class Naming:
    """What is declared, what was, and what is known of the declared versions. `before` is None where that is unknown.

    It is the same for a rollback, which goes back to `wanted` from whatever there is.
    """

    wanted: Declaration
    before: Declaration | None
    known: Known

    @property
    def changing(self) -> tuple[Color, ...]:
        """The colors whose image may become another one."""
        return tuple(color for color in Color if not self._stays(color))

    @property
    def staying_by_tag(self) -> tuple[Color, ...]:
        """The colors that an earlier Greenlight started, of which this is the first deployment by digest."""
        return tuple(color for color in Color if self._stays(color) and self._was_by_tag)

    def references(self, digests: Mapping[str, str]) -> dict[Color, Reference]:
        """How each color names its image. `digests` are those of the versions that are new to a color."""
        return {color: self._reference(color, digests) for color in Color}

    def versions_of(self, *colors: Color) -> list[str]:
        """The versions that are declared for these colors, each once."""
        return list(dict.fromkeys(self.wanted.versions[color] for color in colors))

    @property
    def _was_by_tag(self) -> bool:
        return self.before is not None and not self.before.by_digest

    def _stays(self, color: Color) -> bool:
        """Whether the version is the same, and it is known how its image was named.

        A version that was named by its digest never goes back to its tag, whatever an event says of the time before.
        """
        version = self.wanted.versions[color]
        if self.before is None or self.before.versions[color] != version:
            return False
        known = self.known.get(version)
        if self._was_by_tag:
            return known is None or color in known.by_tag
        return known is not None

    def _reference(self, color: Color, digests: Mapping[str, str]) -> Reference:
        version = self.wanted.versions[color]
        if not self._stays(color):
            return Reference(version, digests.get(version, ""))
        known = self.known.get(version)
        return Reference(version, known.digest_on(color) if known and not self._was_by_tag else "")


def restored(wanted: Declaration, known: Known, digests: Mapping[str, str]) -> dict[Color, Reference]:
    """How each color named its image before the deployment that is rolled back, as the journal remembers it.

    `digests` are those that the tags have now, for versions of which nothing is remembered.
    """
    found = {}
    for color, version in wanted.versions.items():
        memory = known.get(version)
        found[color] = Reference(version, memory.digest_on(color) if memory else digests.get(version, ""))
    return found


def attributes(references: Mapping[Color, Reference]) -> dict[str, str]:
    """What the resource answers with; the colors' resources put it after the repository's URI."""
    exact = {image_attribute(color): reference.exact for color, reference in references.items()}
    return exact | {named_image_attribute(color): reference.named for color, reference in references.items()}
