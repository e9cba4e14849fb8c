from __future__ import annotations

import re
from pathlib import Path

from greenlight.processes.janitor import watched

GREENLIGHT = Path(__file__).resolve().parents[2] / "greenlight"
STARTS = re.compile(r"Popen\(|subprocess\.(run|call|check_\w+|getoutput)\(|os\.(system|spawn\w*|fork|popen)\(")


def test_every_process_is_started_by_the_owner_of_processes() -> None:
    starting = {path for path in GREENLIGHT.rglob("*.py") if STARTS.search(path.read_text())}

    assert starting == {GREENLIGHT / "processes" / "owner.py"}


def test_the_janitor_forgets_what_has_ended() -> None:
    assert watched(["watch 7\n", "watch 8\n", "forget 7\n"]) == {8}
