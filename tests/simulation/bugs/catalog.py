"""All seeded bugs by name."""

from __future__ import annotations

from tests.simulation.bugs import asking, ending, locking, proving, returning, writing

_ALL = (*writing.BUGS, *returning.BUGS, *locking.BUGS, *ending.BUGS, *asking.BUGS, *proving.BUGS)

BUGS = {bug.name: bug for bug in _ALL}
