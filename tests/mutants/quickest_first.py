"""A pytest plugin for mutmut's runs: quick tests go first, since a run ends with the first test that fails."""

from __future__ import annotations

import pytest
from mutmut.state import state


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in the order of the seconds that they took when nothing was mutated."""
    seconds = state().duration_by_test
    items.sort(key=lambda item: seconds.get(item.nodeid, 0.0))
