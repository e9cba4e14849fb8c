"""Moments as AWS writes them."""

from __future__ import annotations

from datetime import datetime


def unix(text: str) -> float:
    """ISO 8601, as Step Functions and Lambda write a moment, in Unix seconds.

    Raises:
        ValueError: it is no such moment.
    """
    return datetime.fromisoformat(text).timestamp()
