"""`make simulate`: attack the switch with faults, in virtual time, and say what broke.

python -m tests.simulation                        everything
python -m tests.simulation --seed 7               the same with another choice of what is left to chance
python -m tests.simulation --replay STORY:SEED:CALL=STRIKE,...   one scenario, told call by call
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from tests.simulation.stories.catalog import STORIES
from tests.simulation.stories.plan import EXHAUSTIVE, FULL, Plan
from tests.simulation.stories.runner import run
from tests.simulation.stories.scenario import Result, Scenario
from tests.simulation.stories.tally import Tally

FOLDER = Path("build/simulation")
TICK_SECONDS = 10.0


@click.command()
@click.option("--seed", default="", help="A number, or a scenario as the simulation names it: that one is replayed.")
@click.option("--replay", default="", help="A scenario; the same as --seed with one.")
@click.option("--jobs", default=os.cpu_count() or 2, show_default="one for each core", help="Processes side by side.")
@click.option("--scenarios", type=int, default=0, help="Stop after so many.")
@click.option("--exhaustive", is_flag=True, help="Every single strike at every call of every story: about an hour.")
def main(seed: str, replay: str, jobs: int, scenarios: int, exhaustive: bool) -> None:
    """Attack the switch in virtual time, or replay one scenario."""
    logging.disable(logging.CRITICAL)
    if replay or ":" in seed:
        sys.exit(_replay(replay or seed))
    if seed and not seed.isdigit():
        raise click.UsageError(f"--seed {seed!r}: give a number, or a scenario such as release:0:42=lost-reply")
    plan = replace(EXHAUSTIVE if exhaustive else FULL, seed=int(seed or 0))
    sys.exit(_attack(plan, jobs, scenarios))


def _replay(text: str) -> int:
    try:
        scenario = Scenario.parse(text, STORIES)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    scenario.keep_trace = True
    result = scenario.run()
    click.echo(result.trace)
    click.echo(
        f"\n{scenario}: {result.call_count} calls, at rest {result.recovery_seconds:.0f} s after the last strike"
    )
    for violation in result.violations:
        click.echo(f"BROKEN: {violation}")
    return 1 if result.violations else 0


def _attack(plan: Plan, jobs: int, most: int) -> int:
    console, started, tally = Console(), time.monotonic(), Tally()
    try:
        _count(run(plan.scenarios(STORIES), jobs, most), tally, console)
    except KeyboardInterrupt:
        console.print("stopped")
        return 130
    console.print(tally.table())
    seconds = time.monotonic() - started
    console.print(f"{tally.scenarios:,} distinct scenarios in {seconds:.0f} s on {jobs} processes, seed {plan.seed}")
    return _verdict(console, tally)


def _count(ended: Iterable[tuple[Scenario, Result]], tally: Tally, console: Console) -> None:
    """Count all, say from time to time how many there were, and at once what is broken in a way that is new."""
    started = told = time.monotonic()
    for scenario, result in ended:
        for violation in (new for new in result.violations if new not in tally.broken):
            console.print(
                f"BROKEN: {scenario}: {violation}", style="red", highlight=False, markup=False, soft_wrap=True
            )
        tally.add(scenario, result)
        if time.monotonic() - told > TICK_SECONDS:
            told = time.monotonic()
            console.print(f"{tally.scenarios:,} scenarios, {told - started:.0f} s, {sum(tally.broken.values())} broken")


def _verdict(console: Console, tally: Tally) -> int:
    if not tally.broken:
        console.print("no invariant was broken")
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number, (violation, count) in enumerate(tally.broken.most_common(), 1):
        first = tally.shown[violation][0]
        scenario = Scenario.parse(first, STORIES)
        scenario.keep_trace = True
        (FOLDER / f"{number}.txt").write_text(scenario.run().trace)
        console.print(f"BROKEN {count} times: {violation}", style="red", highlight=False, markup=False, soft_wrap=True)
        console.print(
            f"  {FOLDER / f'{number}.txt'} tells it; again: make simulate SEED={first}", markup=False, soft_wrap=True
        )
    return 1


if __name__ == "__main__":
    main()
