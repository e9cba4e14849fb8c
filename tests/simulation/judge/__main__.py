"""`python -m tests.simulation.judge`: the operating characteristic of the judge, as docs/judge.md has it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from tests.simulation.judge.figures import PRODUCTION, as_json, judged_settings, missed_targets
from tests.simulation.judge.operating_characteristic import operate, tasks, trajectories
from tests.simulation.judge.pages import page_with, summary, tables
from tests.simulation.judge.plot import plot

DOCS = Path(__file__).resolve().parents[3] / "docs"


def main() -> int:
    """Compute, print, and with --write put the figures into docs/judge.md, judge.svg and judge.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.judge", description=__doc__)
    parser.add_argument("--write", action="store_true", help="update docs/judge.md, docs/judge.svg and docs/judge.json")
    parser.add_argument("--part", type=float, default=1.0, metavar="SHARE", help="of all bakes, e.g. 0.1 for a look")
    wanted = parser.parse_args()
    began = time.monotonic()
    figures = operate(tasks(wanted.part), _tell)
    print(f"\n{tables(figures)}\n\n" + "\n".join(summary(figures)), flush=True)
    print(f"{sum(found.runs for found in figures.values()):,} bakes in {time.monotonic() - began:.0f} s")
    if wanted.write:
        page = DOCS / "judge.md"
        page.write_text(page_with(page.read_text(), figures))
        (DOCS / "judge.svg").write_text(plot(figures))
        known = {"settings": judged_settings(PRODUCTION), "trajectories": trajectories()}
        (DOCS / "judge.json").write_text(json.dumps({**known, "cells": as_json(figures)}, indent=1) + "\n")
    missed = missed_targets(figures)
    print("\n".join(f"MISSED: {each}" for each in missed) or "every promise of docs/judge.md is kept")
    return bool(missed)


def _tell(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
