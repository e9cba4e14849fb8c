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
from tests.simulation.bugs.planting import plant, read_all

JOBS = os.cpu_count() or 1
SOUND = "without any bug"
LONGEST = 400
MOST = 5
"""Characters that are kept of one complaint, and complaints that are kept of one scenario: a pipe takes so much at
once, so that lines of several children do not mix.
"""

Said = dict[str, list[str]]
"""What was found to be wrong, by scenario or unit test."""


def try_all(bugs: Sequence[Bug]) -> None:
    """Write one line of JSON to the standard output for all scenarios and unit tests without any bug, and one for each
    bug. What takes long to load is loaded once, before anything is forked.
    """
    logging.disable(logging.CRITICAL)
    _say(SOUND, lambda: _tried(dict.fromkeys(bug.caught_by for bug in bugs)))
    read_all()
    _side_by_side(bugs)


def _with(bug: Bug) -> Said:
    plant(bug)
    return _tried([bug.caught_by])


def _tried(where: Iterable[str]) -> Said:
    scenarios = [text for text in where if not text.startswith("tests/")]
    nodes = [text for text in where if text.startswith("tests/")]
    return {text: _violations(text) for text in scenarios} | (_failures(nodes) if nodes else {})


def _violations(text: str) -> list[str]:
    from tests.simulation.stories.catalog import STORIES  # not before the bug is planted
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
        status = pytest.main(["-q", "-p", "no:cacheprovider", *nodes], plugins=[heard])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return {node: [f"pytest ended with {status!r}"] for node in nodes}
    return {node: [text for text in heard.said if text.startswith(node)][:MOST] for node in nodes}


def _side_by_side(bugs: Iterable[Bug]) -> None:
    """Each in a forked child, so many at a time."""
    running = 0
    for bug in bugs:
        if running == JOBS:
            os.wait()
            running -= 1
        if not os.fork():
            _say(bug.name, lambda: _with(bug))  # noqa: B023 - it is called at once
            os._exit(0)
        running += 1
    for _ in range(running):
        os.wait()


def _say(name: str, task: Callable[[], Said]) -> None:
    try:
        line: dict[str, Any] = {"name": name, "said": task()}
    except BaseException as error:
        line = {"name": name, "problem": f"{type(error).__name__}: {error}"}
    os.write(sys.stdout.fileno(), (json.dumps(line) + "\n").encode())
