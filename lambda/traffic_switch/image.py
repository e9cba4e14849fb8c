"""Which image a version is: the one that its tag named when it was first deployed. Pure.

A tag is a name that somebody can give to another image: whoever may delete images may push another one under it, though
the repository says that tags never change. A digest names one image for ever: it is computed from what it names (OCI
image specification, descriptors).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from traffic_switch.contract import Color

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
SHOWN = 12
"""How many hex digits of a digest people are shown, as Docker does."""


@dataclass(frozen=True)
class KnownImage:
    """What the journal knows of one version of a service.

    `digest` is empty if its image was gone when it was first seen; `since` is when that was, in Unix seconds. `by_tag`
    are the colors on which an earlier Greenlight started the version by its tag: they run what the tag named then.
    """

    digest: str = ""
    since: float = 0.0
    by_tag: Collection[Color] = frozenset()

    def digest_on(self, color: Color) -> str:
        """The digest that the color was started with; empty when it was started by a tag."""
        return "" if color in self.by_tag else self.digest


@dataclass(frozen=True)
class Reference:
    """How a color names its image within its repository: by the digest, or by the version's tag without one."""

    version: str
    digest: str = ""

    @property
    def exact(self) -> str:
        """What follows the repository's URI, as ECS takes it (API reference, ContainerDefinition, image)."""
        return f"@{self.digest}" if self.digest else f":{self.version}"

    @property
    def named(self) -> str:
        """The same with the version in front of the digest, as Docker takes it; the digest alone counts."""
        return f":{self.version}@{self.digest}" if self.digest else f":{self.version}"


def short(digest: str) -> str:
    """A digest as people are shown it; empty for none."""
    return digest.removeprefix("sha256:")[:SHOWN]


def image_key(service: str, version: str) -> str:
    """The key of a version's item in the journal."""
    return f"image#{service}#{version}"
