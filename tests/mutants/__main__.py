"""Mutate `lambda/` and run the tests against each mutant: `python -m tests.mutants ["traffic_switch.gate*" ...]`.

Without a pattern the whole run is judged by `score`. With patterns only the survivors among them are shown.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.mutant import Mutant, read_mutants
from tests.mutants.score import FLOORS, SURVIVORS, ListError, as_entries, complaints, read_survivors, table
from tests.mutants.tree import COPY, TREE, prepare

PROGRESS_SECONDS = 15.0
SHOWN = 20
"""How many complaints are printed; the rest is in the file of unlisted survivors."""

EVERYTHING = ("*",)
"""Asked for by name, mutmut first runs every test that it is going to run, and stops if one cannot be found. Without,
such a test would count as one that notices every mutant.
"""

_STATUS = re.compile(r"(\d+)/(\d+) .*?🙁 (\d+)")


def main(patterns: Sequence[str]) -> int:
    """Return the exit status: 0 when the run passes, 1 when it does not, 2 when there was no run."""
    listed = read_survivors(SURVIVORS.read_text())
    prepare()
    if not run(patterns or EVERYTHING):
        return 2
    mutants = list(read_mutants(COPY))
    if patterns:
        print(as_entries({one.change for one in mutants if not one.killed and one.status != "not checked"}))
        return 0
    print(table(mutants))
    _write_unlisted([one for one in mutants if one.package in FLOORS and not one.killed and one.change not in listed])
    wrong = complaints(mutants, listed)
    _print_complaints(wrong)
    return 1 if wrong else 0


def run(patterns: Sequence[str]) -> bool:
    """Let mutmut work, and tell from time to time how far it is. False when it could not start or did not finish."""
    log = TREE / "mutmut.log"
    command = [str(Path(sys.executable).with_name("mutmut")), "run", *patterns]
    with log.open("w") as output, subprocess.Popen(command, cwd=TREE, stdout=output, stderr=output) as process:
        told = time.monotonic()
        while process.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - told > PROGRESS_SECONDS:
                told = time.monotonic()
                print(_progress(log), flush=True)
    if process.returncode != 0:
        print(f"mutmut ended with status {process.returncode} instead of 0; see the end of {log}:")
        print("\n".join(re.split(r"[\r\n]+", log.read_text())[-20:]))
    return process.returncode == 0


def _progress(log: Path) -> str:
    found = _STATUS.findall(log.read_text()[-4000:])
    return "{} of {} tried, {} survive".format(*found[-1]) if found else "collecting which test runs what"


def _write_unlisted(mutants: Sequence[Mutant]) -> None:
    (TREE / "unlisted.toml").write_text(as_entries({mutant.change for mutant in mutants}))


def _print_complaints(wrong: Sequence[str]) -> None:
    for line in wrong[:SHOWN]:
        print(line)
    if len(wrong) > SHOWN:
        print(f"and {len(wrong) - SHOWN} more")
    if wrong:
        print(
            f"Kill each with a test, or list it in {SURVIVORS.name} with a reason; {TREE / 'unlisted.toml'} has entries"
        )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ListError as error:
        sys.exit(f"{SURVIVORS}: {error}")
