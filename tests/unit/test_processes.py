from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from greenlight.processes import janitor
from greenlight.processes.janitor import end, watched

GREENLIGHT = Path(__file__).resolve().parents[2] / "greenlight"
STARTS = re.compile(r"Popen\(|subprocess\.(run|call|check_\w+|getoutput)\(|os\.(system|spawn\w*|fork|popen)\(")


def test_every_process_is_started_by_the_owner_of_processes() -> None:
    starting = {path for path in GREENLIGHT.rglob("*.py") if STARTS.search(path.read_text())}

    assert starting == {GREENLIGHT / "processes" / "owner.py"}


class Groups:
    """Process groups, each of which is there for so many signals."""

    def __init__(self, **left: int) -> None:
        self.left = {int(group.strip("g")): looks for group, looks in left.items()}
        self.signals: list[tuple[int, int]] = []

    def signal(self, group: int, number: int) -> None:
        self.signals.append((group, number))
        self.left[group] -= 1
        if self.left[group] < 0:
            raise ProcessLookupError


def test_the_janitor_never_signals_a_group_again_that_was_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = Groups(g7=0, g8=2, g9=99)
    monkeypatch.setattr(os, "killpg", groups.signal)
    monkeypatch.setattr(janitor, "GRACE_SECONDS", 0.05)
    monkeypatch.setattr(janitor, "STEP_SECONDS", 0.001)

    end({7, 8, 9})

    numbers = {group: [number for each, number in groups.signals if each == group] for group in (7, 8, 9)}
    assert (numbers[7], numbers[8]) == ([signal.SIGTERM], [signal.SIGTERM, 0, 0])
    assert (numbers[9][0], numbers[9][-1]) == (signal.SIGTERM, signal.SIGKILL)


def test_the_janitor_forgets_what_has_ended() -> None:
    assert watched(["watch 7\n", "watch 8\n", "forget 7\n"]) == {8}
