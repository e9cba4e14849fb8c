"""Which tags of a repository may move to another image.

Source: docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

FILTERS = "imageTagMutabilityExclusionFilters"
_FIXED, _FIXED_EXCEPT, _FREE_EXCEPT = "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"


def is_fixed(repository: Mapping[str, Any], tag: str) -> bool:
    """Say whether a repository keeps a tag on the image that it was first put on."""
    mutability = repository.get("imageTagMutability", "MUTABLE")
    excluded = any(fnmatchcase(tag, each["filter"]) for each in repository.get(FILTERS, ()))
    return bool(
        mutability == _FIXED
        or (mutability == _FIXED_EXCEPT and not excluded)
        or (mutability == _FREE_EXCEPT and excluded)
    )
