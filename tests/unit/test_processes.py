from __future__ import annotations

import re
from pathlib import Path

GREENLIGHT = Path(__file__).resolve().parents[2] / "greenlight"
STARTS = re.compile(r"Popen\(|subprocess\.(run|call|check_\w+|getoutput)\(|os\.(system|spawn\w*|fork|popen)\(")


def test_every_process_is_started_by_the_owner_of_processes() -> None:
    starting = {path for path in GREENLIGHT.rglob("*.py") if STARTS.search(path.read_text())}

    assert starting == {GREENLIGHT / "processes" / "owner.py"}
