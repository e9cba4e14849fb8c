"""Which images a lifecycle policy expires: images and rules in, digests out.

Source of every rule here: "Lifecycle policy evaluation rules" of
docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html. But one is assumed: that no rule selects a
reference artifact. AWS says only that artifacts go within a day after their subject (image-signing.html), and
aws/containers-roadmap#2613 reports that a rule does count signatures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from greenlight.rehearsal.cloud.ecr.lifecycle_policy import COUNT, Rule

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Image:
    """One image of a repository.

    `pushed_at` in seconds since 1970. `children` are the digests that an index names. `subject` is what a reference
    artifact, such as a signature, belongs to; empty for an image.
    """

    digest: str
    tags: tuple[str, ...]
    pushed_at: float
    children: tuple[str, ...] = ()
    subject: str = ""


def expired(rules: Iterable[Rule], images: Sequence[Image], now: float) -> dict[str, int]:
    """The digests that expire, each with the priority of the one rule that it expires by.

    All rules look at all images, as if none had expired. What meets the tagging requirements of a rule is out of reach
    of every later one. What an index names stays as long as the index does, and an artifact as long as its subject.
    """
    found: dict[str, int] = {}
    settled = {child for image in images for child in image.children}
    for rule in sorted(rules, key=lambda rule: rule.priority):
        selected = [image for image in images if not image.subject and rule.selects(image.tags)]
        marked = {image.digest for image in _beyond(rule, selected, now)} - settled
        found |= dict.fromkeys(sorted(marked), rule.priority)
        settled |= {image.digest for image in selected}
    return found


def orphaned(images: Sequence[Image], gone: Iterable[str]) -> set[str]:
    """The reference artifacts whose subject is not there, or is about to be gone: ECR takes them within a day."""
    there = {image.digest for image in images} - set(gone)
    return {image.digest for image in images if image.subject and image.subject not in there}


def _beyond(rule: Rule, images: Iterable[Image], now: float) -> list[Image]:
    """Those of the images that are too many, or too old; the oldest are the first to be too many."""
    youngest_first = sorted(images, key=lambda image: image.pushed_at, reverse=True)
    if rule.count_type == COUNT:
        return youngest_first[rule.number :]
    return [image for image in youngest_first if now - image.pushed_at > rule.number * DAY_SECONDS]
