"""What Lambda tells a function about its own run."""

from __future__ import annotations

from typing import Protocol


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int: ...
