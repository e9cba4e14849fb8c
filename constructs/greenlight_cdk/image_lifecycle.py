"""How long images are kept, as rules of a repository's lifecycle policy. Pure data.

ECR judges rules by priority, and an image that a rule selects is out of reach of all later ones (ECR user guide,
"Lifecycle policy evaluation rules"). So what runs comes first, then releases: an image that is both `rc-1.4` and `1.4`
is a release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from traffic_switch.contract import PART_PREFIX, RUNNING_PREFIX

Lifecycle = Literal["recent", "kind"]

RUNNING_IMAGES = f"{RUNNING_PREFIX}*"
SECURITY_IMAGES = "sec-*"
RELEASE_FIRST_CHARACTERS = ("v", *"0123456789")
EVERY_IMAGE = 9999
STABLE_DAYS = 730


@dataclass(frozen=True)
class KeepRule:
    """Keep the `count` most recent images with such a tag, or those of the last `days`. No pattern: untagged ones."""

    priority: int
    pattern: str
    description: str
    count: int | None = None
    days: int | None = None


def rules(lifecycle: Lifecycle, release_images_kept: int, *, has_parts: bool = False) -> tuple[KeepRule, ...]:
    """The whole policy. `release_images_kept` is for `recent` alone, `has_parts` where versions are made of parts.

    A part that an index names stays as long as the index; what is left is of a run that failed, or of a version that
    expired.

    One rule for all releases (`*`) would select feature and candidate images too. A rule's patterns are joined by AND,
    so each first character of a release needs a rule of its own.
    """
    running = KeepRule(1, RUNNING_IMAGES, "Running images are never expired", count=EVERY_IMAGE)
    own = _recent(release_images_kept) if lifecycle == "recent" else _by_kind()
    return (
        running,
        *own,
        KeepRule(20, "rc-*", "rc-* for 30 days", days=30),
        KeepRule(30, "feature-*", "feature-* for 7 days", days=7),
        *([KeepRule(35, f"{PART_PREFIX}*", "Parts of no version for 1 day", days=1)] if has_parts else []),
        KeepRule(40, "", "Untagged for 1 day", days=1),
    )


def _recent(count: int) -> tuple[KeepRule, ...]:
    return tuple(
        KeepRule(2 + offset, f"{first}*", f"The {count} most recent releases {first}*", count=count)
        for offset, first in enumerate(RELEASE_FIRST_CHARACTERS)
    )


def _by_kind() -> tuple[KeepRule, ...]:
    fixes = KeepRule(2, SECURITY_IMAGES, "Security fixes are never expired", count=EVERY_IMAGE)
    stable = (
        KeepRule(3 + offset, f"{first}*", f"Releases {first}* for {STABLE_DAYS} days", days=STABLE_DAYS)
        for offset, first in enumerate(RELEASE_FIRST_CHARACTERS)
    )
    return (fixes, *stable)
