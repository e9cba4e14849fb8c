"""A pytest plugin for mutmut's runs, each of which is a fork that ends with the first test that fails.

Quick tests go first. Garbage is collected among what the fork has made alone: pytest collects several times in each
run, and going through all that was imported before would take longer than most runs. Nor may the fork be given what a
function computed, and remembers, from before it was mutated.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from mutmut.state import state

SOURCES = Path("src")


def pytest_configure() -> None:
    """Begin with empty memories, and leave everything that is there out of every collection to come."""
    _forget()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in the order of the seconds that they took when nothing was mutated."""
    seconds = state().duration_by_test
    items.sort(key=lambda item: seconds.get(item.nodeid, 0.0))


def pytest_runtest_setup() -> None:
    """While it is found out which test runs what, no test may be spared by what an earlier one has computed."""
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        _forget()


def _forget() -> None:
    """Empty the caches of the mutated packages."""
    packages = {entry.name for entry in SOURCES.iterdir()}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages:
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
