"""How ECR's filters match names."""

from __future__ import annotations

import re


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern is about the whole name; `*` stands for any characters, or none."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None


def scans(pattern: str, name: str) -> bool:
    """Whether a filter of the scanning configuration is about a repository; without `*` the name has to contain it.

    Source: docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html.
    """
    return matches(pattern if "*" in pattern else f"*{pattern}*", name)
