"""A sample of everything that `make simulate` tries: less than a minute on two cores."""

from __future__ import annotations

import os

from tests.simulation.stories.catalog import STORIES
from tests.simulation.stories.plan import SLICE
from tests.simulation.stories.runner import run
from tests.simulation.stories.tally import Tally


def test_no_strike_of_the_slice_breaks_an_invariant() -> None:
    tally = Tally()
    for scenario, result in run(SLICE.scenarios(STORIES), os.cpu_count() or 1):
        tally.add(scenario, result)

    assert dict(tally.shown) == {}
    assert tally.scenarios > 1_000
