"""All seeded bugs by name."""

from __future__ import annotations

from tests.simulation.bugs import (
    around,
    asking,
    ending,
    forging,
    judging,
    locking,
    one_way,
    proving,
    returning,
    writing,
)

_THEMES = (writing, returning, locking, ending, asking, proving, judging, around, forging, one_way)

BUGS = {bug.name: bug for theme in _THEMES for bug in theme.BUGS}

FINDINGS = tuple(f"findings {row}" for row in range(1, 16))
"""The rows of the review that found the first version broken; each has a bug that stands for it."""

SABOTAGES = tuple(f"sabotage {number}" for number in range(1, 7))
"""Six breaks in the ports that every test once let through: no read-back, slowness off by a factor of 1000, refused
requests counted as errors, the lag of metrics dropped, HELD overwriting the journal, a switch that is never stopped.
"""
