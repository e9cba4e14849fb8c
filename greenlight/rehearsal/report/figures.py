"""How figures are written for people: the same in the terminal and on the page."""

from __future__ import annotations

NONE = "-"
"""A figure that there is none of."""


def seconds(value: float | None) -> str:
    """Write a duration: milliseconds below a second, minutes above two."""
    if value is None:
        return NONE
    if value == 0:
        return "0 s"
    if value < 1:
        return f"{value * 1000:.0f} ms" if value >= 0.001 else "<1 ms"
    return f"{value:.1f} s" if value < 120 else f"{int(value // 60)} min {int(value % 60):02d} s"


def milliseconds(value: float | None) -> str:
    """Write a latency."""
    if value is None:
        return NONE
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.2f} s"


def count(value: int | None) -> str:
    """Write a number of things."""
    return NONE if value is None else f"{value:,}"


def rate(value: float | None) -> str:
    """Write a number of things per second."""
    return NONE if value is None else f"{value:,.0f}/s" if value >= 10 else f"{value:.1f}/s"


def change(before: str | None, after: str | None) -> str:
    """Write what was live before and after."""
    if before is None and after is None:
        return NONE
    return f"{before or 'nothing'} → {after or 'nothing'}"
