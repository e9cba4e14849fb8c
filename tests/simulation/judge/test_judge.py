"""docs/judge.md says what the code does: the same settings, the same bakes, and a small part of the figures again."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random

import pytest
from traffic_switch.judging.findings import own_wager

from tests.simulation.judge.chance import binomial, poisson
from tests.simulation.judge.course import NEVER, failing, own_course
from tests.simulation.judge.figures import PRODUCTION, Cell, Figures, from_json, judged_settings, missed_targets
from tests.simulation.judge.operating_characteristic import TRAFFIC, Task, play, trajectories
from tests.simulation.judge.pages import page_with
from tests.simulation.judge.plot import plot
from tests.unit.bake_world import BROKEN, GOOD, BakeWorld, baked

DOCS = Path(__file__).resolve().parents[3] / "docs"
RAW = json.loads((DOCS / "judge.json").read_text())
FIGURES = from_json(RAW["cells"])
HINT = "the judge, its settings or its simulation changed: run `python -m tests.simulation.judge --write`"


def test_the_figures_are_those_of_the_settings_that_ship() -> None:
    assert RAW["settings"] == judged_settings(PRODUCTION), HINT


def test_the_figures_are_those_of_the_code_that_ships() -> None:
    assert RAW["trajectories"] == trajectories(), HINT


def test_the_page_and_the_plot_show_the_figures() -> None:
    page = (DOCS / "judge.md").read_text()

    assert page == page_with(page, FIGURES), HINT
    assert (DOCS / "judge.svg").read_text() == plot(FIGURES), HINT


def test_the_figures_keep_the_promises() -> None:
    assert missed_targets(FIGURES) == []


def test_the_figures_come_from_enough_bakes() -> None:
    assert {found.runs for cell, found in FIGURES.items() if cell.percent in (0.5, 1.0) and cell.scene == "both"} == {
        4000
    }
    assert {cell.traffic for cell in FIGURES} == set(TRAFFIC)


@pytest.mark.parametrize(
    ("scene", "percent", "runs"), [("both", 1.0, 200), ("both", 2.0, 200), ("both", 5.0, 300), ("users", 5.0, 100)]
)
def test_a_few_bakes_more_agree_with_the_figures(scene: str, percent: float, runs: int) -> None:
    """Within five standard deviations of both counts, and of the share of early verdicts."""
    found: dict[Cell, list[float]] = {}
    for cell, moment in play(Task(scene, percent, runs, seed=-1)):
        found.setdefault(cell, []).append(moment)

    for cell, moments in found.items():
        told = FIGURES[cell]
        assert agree(sum(moment < NEVER for moment in moments), len(moments), told.rolled_back, told.runs), cell
        assert agree(sum(moment <= 27 for moment in moments), len(moments), told.within_27, told.runs), cell


def agree(bad: int, of: int, told: int, of_told: int) -> bool:
    share = (bad + told + 1) / (of + of_told + 2)
    deviation = math.sqrt(share * (1 - share) * (1 / of + 1 / of_told))
    return abs(bad / of - told / of_told) <= 5 * deviation + 1 / of


def test_a_promise_that_is_broken_is_named() -> None:
    broken = {
        Cell("both", 1.0, 0.0): Figures(1000, 11, 200.0, 400.0, 0, 410.0),
        Cell("both", 0.5, 10.0): Figures(1000, 2, 200.0, 400.0, 0, 410.0),
        Cell("slow", 5.0, 1.0): Figures(1000, 11, 200.0, 400.0, 0, 410.0),
        Cell("both", 5.0, 1.0): Figures(1000, 1000, 12.0, 30.0, 949, 40.0),
        Cell("both", 100.0, 1.0): Figures(1000, 1000, 6.0, 6.0, 1000, 7.1),
    }

    assert len(missed_targets(broken)) == 5


@pytest.mark.parametrize(("rate", "seed"), [(0.05, 0), (0.05, 1), (0.02, 2), (0.02, 3), (0.005, 4), (1.0, 5)])
def test_the_handler_takes_the_course_that_the_figures_are_computed_from(rate: float, seed: int) -> None:
    """With the same failures in each batch, the real handler and its open loop send the same and decide at once."""
    course = own_course(PRODUCTION, own_wager(0.01, PRODUCTION), failing(Random(seed), rate))
    failed = [at < batch.failed for batch in course.batches for at in range(batch.requests)]
    asked = iter([*failed, *[False] * 2000])
    world = BakeWorld(lambda second: BROKEN if next(asked) else GOOD)

    ruled = baked(world)

    assert (ruled["verdict"] == "FAIL") == (course.found < NEVER)
    assert len(world.asked) == course.sent
    if course.found < NEVER:
        assert ruled["second"] == pytest.approx(course.found, abs=2.5)


def test_counts_are_drawn_from_the_distribution_that_is_asked_for() -> None:
    random = Random(1)
    few, many = ([table.draw(random) for _ in range(4000)] for table in (binomial(20, 0.05), poisson(600.0)))

    assert sum(few) / 4000 == pytest.approx(1.0, abs=0.08)
    assert few.count(0) / 4000 == pytest.approx(0.95**20, abs=0.04)
    assert sum(many) / 4000 == pytest.approx(600, abs=2)
    assert (binomial(20, 1.0).draw(random), binomial(20, 0.0).draw(random), poisson(0).draw(random)) == (20, 0, 0)
