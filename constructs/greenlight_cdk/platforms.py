"""The platforms that images are built for, and what AWS calls their processors. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Platform = Literal["linux/amd64", "linux/arm64"]
AMD64: Platform = "linux/amd64"
ARM64: Platform = "linux/arm64"

EXAMPLES: Mapping[Platform, str] = {AMD64: "t3.medium", ARM64: "t4g.medium"}
"""An instance type of each, of one size and nearly one price."""
_ARCHITECTURES: Mapping[Platform, str] = {AMD64: "x86_64", ARM64: "arm64"}
_ATTRIBUTES = re.compile(r"^[a-z]+[0-9]+(?P<attributes>[a-z]*)")


def architecture(platform: Platform) -> str:
    """EC2's name for the platform's processor, in instance types and in the names of machine images."""
    return _ARCHITECTURES[platform]


def platform_of(instance_type: str) -> Platform:
    """Return the platform of an instance type, by its name.

    A `g` among the letters after the generation is for Graviton, as in t4g and m7gd; the first family of all, a1, has
    none (EC2 instance types guide, "Naming conventions").
    """
    found = _ATTRIBUTES.match(instance_type)
    is_graviton = bool(found and "g" in found["attributes"]) or instance_type.startswith("a1.")
    return ARM64 if is_graviton else AMD64
