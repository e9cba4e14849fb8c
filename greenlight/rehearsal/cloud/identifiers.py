"""Ids as AWS writes them."""

from __future__ import annotations

import secrets


def new_id(prefix: str) -> str:
    """Return an id such as `sgr-0f3a6c2b9d8e7f104`: the prefix and 17 hexadecimal digits."""
    return f"{prefix}-0{secrets.token_hex(8)}"
