"""How names become construct ids, and with them logical ids and output names."""

from __future__ import annotations


def pascal(name: str) -> str:
    """Return `order-report` as `OrderReport`; two service names never give the same id."""
    return "".join(part.capitalize() for part in name.split("-"))
