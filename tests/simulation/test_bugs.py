"""Every seeded bug is caught, by its own name; and what catches it finds nothing when there is no bug."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.simulation.bugs.bug import ROOT, Bug, StaleBugError
from tests.simulation.bugs.catalog import BUGS, FINDINGS, SABOTAGES
from tests.simulation.bugs.trial import SOUND

Trials = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def trials(request: pytest.FixtureRequest) -> Trials:
    """What was said of each bug that is to be tested, and without any."""
    wanted = [
        item.callspec.params["bug"].name
        for item in request.session.items
        if hasattr(item, "callspec") and "bug" in item.callspec.params
    ]
    command = [sys.executable, "-m", "tests.simulation.bugs", *wanted]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return {trial["name"]: trial for trial in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.name)
def test_the_bug_is_caught(bug: Bug, trials: Trials) -> None:
    trial = trials[bug.name]

    assert trials[SOUND]["said"][bug.caught_by] == []
    assert "problem" not in trial, trial["problem"]
    assert any(bug.says in said for said in trial["said"][bug.caught_by]), trial["said"]


@pytest.mark.parametrize("row", [*FINDINGS, *SABOTAGES])
def test_each_finding_of_the_review_has_its_bug(row: str) -> None:
    assert any(row in bug.stands_for.split("; ") for bug in BUGS.values())


def test_a_bug_whose_source_has_changed_says_so() -> None:
    with pytest.raises(StaleBugError, match="0 times, wanted once"):
        Bug("stale", "", "", "file.py", "what was there", "", "", "").changed("what is there now")
