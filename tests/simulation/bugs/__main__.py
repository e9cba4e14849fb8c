"""Try all bugs, or the named ones, and print what is said of each: `python -m tests.simulation.bugs [NAME ...]`."""

from __future__ import annotations

import sys

from tests.simulation.bugs.catalog import BUGS
from tests.simulation.bugs.trial import try_all

if __name__ == "__main__":
    try_all([BUGS[name] for name in sys.argv[1:] or BUGS])
