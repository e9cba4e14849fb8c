"""Many scenarios, side by side in processes: nothing is shared, so that the order in which they end means nothing."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from tests.simulation.stories.catalog import STORIES
from tests.simulation.stories.scenario import Result, Scenario

CHUNK = 25
"""Scenarios that one process gets at a time; between them it collects garbage."""


def run(scenarios: Iterable[Scenario], jobs: int, most: int = 0) -> Iterator[tuple[Scenario, Result]]:
    """Run all, or the first so many, and give each back with what came of it, but for the calls one by one."""
    chosen = islice(scenarios, most) if most else iter(scenarios)
    with multiprocessing.get_context("fork").Pool(jobs, _begin) as pool:
        for ended in pool.imap_unordered(_run, _chunks(chosen)):
            for text, result in ended:
                yield Scenario.parse(text, STORIES), result


def _chunks(scenarios: Iterator[Scenario]) -> Iterator[list[str]]:
    while chunk := [str(scenario) for scenario in islice(scenarios, CHUNK)]:
        yield chunk


def _begin() -> None:
    """Ctrl-C is for the process that waits; this one ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    gc.disable()
    gc.freeze()


def _run(texts: list[str]) -> list[tuple[str, Result]]:
    ended = [(text, replace(_judged(Scenario.parse(text, STORIES)), calls=())) for text in texts]
    gc.collect()
    return ended


def _judged(scenario: Scenario) -> Result:
    """A scenario that ends in an error of the simulation, or of what runs in it, is broken too."""
    try:
        result = scenario.run()
    except Exception as error:
        return Result((f"{type(error).__name__}: {error}",), (), 0, False, 0.0)
    return result
