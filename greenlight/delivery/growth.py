"""Whether an image has grown beyond what somebody would notice. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def grown(new: int, running: Mapping[str, int]) -> int | None:
    """By how many percent an image is larger than the largest that runs; None where none runs. Sizes in bytes."""
    largest = max(running.values(), default=0)
    return round((new - largest) * 100 / largest) if largest else None


def megabytes(size: int) -> str:
    """A size as people compare it."""
    return f"{size / 1e6:.1f} MB"
