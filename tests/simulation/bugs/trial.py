"""Trying bugs: each in a process of its own, which was forked before the bug was in it."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from tests.simulation.bugs.bug import Bug
from tests.simulation.bugs.planting import forget, plant

JOBS = os.cpu_count() or 1
SOUND = "without any bug"
LONGEST = 400
"""Characters that are kept of one complaint, and the most complaints of one scenario: together less than a pipe takes
at once, so that lines of several children do not mix.
"""
MOST = 5

Said = dict[str, list[str]]
"""What was found to be wrong, by scenario or unit test."""


def try_all(bugs: Sequence[Bug]) -> None:
    """Write one line of JSON for each bug to the standard output, and one for its scenarios without any."""
    logging.disable(logging.CRITICAL)
    warm_up()
    where = list(dict.fromkeys(bug.caught_by for bug in bugs))
    tasks: list[tuple[str, Callable[[], Said]]] = [(SOUND, lambda: _tried(where))]
    tasks += [(bug.name, lambda bug=bug: tried(bug)) for bug in bugs]  # type: ignore[misc]
    _side_by_side(tasks)


def tried(bug: Bug) -> Said:
    """Plant it in this process, and see what is said of it."""
    plant(bug)
    return _tried([bug.caught_by])


def warm_up() -> None:
    """What takes long to load, and knows nothing of the switch, is loaded once for all."""
    _violations("release:0:")


def _tried(where: Iterable[str]) -> Said:
    said: Said = {text: _violations(text) for text in where if not text.startswith("tests/")}
    if nodes := [text for text in where if text.startswith("tests/")]:
        forget()
        said |= _failures(nodes)
    return said


def _violations(text: str) -> list[str]:
    from tests.simulation.bugs.stories import STORIES  # not before the bug is planted
    from tests.simulation.stories.scenario import Scenario

    return [said[:LONGEST] for said in Scenario.parse(text, STORIES).run().violations[:MOST]]


class _Failures:
    """Hears from pytest what failed."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            said = crash.message if crash else str(report.longrepr)
            self.said.append(f"{report.nodeid}: {said[:LONGEST]}")

    def pytest_collectreport(self, report: Any) -> None:
        self.pytest_runtest_logreport(report)


def _failures(nodes: Sequence[str]) -> Said:
    heard = _Failures()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        status = pytest.main(["-p", "no:cacheprovider", "-p", "no:terminal", *nodes], plugins=[heard])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        heard.said.append(f"pytest ended with {status!r}")
    return {node: [text for text in heard.said if text.startswith(node) or len(nodes) == 1][:MOST] for node in nodes}


def _side_by_side(tasks: Iterable[tuple[str, Callable[[], Said]]]) -> None:
    """In forked children, so many at a time. A line is written as a whole, so that none is mixed with another."""
    running = 0
    for name, task in tasks:
        if running == JOBS:
            os.wait()
            running -= 1
        sys.stdout.flush()
        if not os.fork():
            _child(name, task)
        running += 1
    for _ in range(running):
        os.wait()


def _child(name: str, task: Callable[[], Said]) -> None:
    try:
        line: dict[str, Any] = {"name": name, "said": task()}
    except BaseException as error:
        line = {"name": name, "problem": f"{type(error).__name__}: {error}"}
    os.write(sys.stdout.fileno(), (json.dumps(line) + "\n").encode())
    os._exit(0)
