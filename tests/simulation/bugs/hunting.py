"""Looking for a scenario that catches a bug: every single strike over some stories, then pairs, then anything.

python -m tests.simulation.bugs.hunting NAME STORY ... [--pairs] [--random N] [--only STRIKE,...]
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any

from tests.simulation.bugs.planting import plant


def main() -> None:
    """Plant the bug, and print scenarios that catch it."""
    parser = argparse.ArgumentParser(prog="hunting", description=__doc__)
    parser.add_argument("bug")
    parser.add_argument("stories", nargs="+")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--most", type=int, default=3)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    from tests.simulation.bugs.catalog import BUGS  # its import loads what the bug is planted in

    plant(BUGS[options.bug])
    found = 0
    with get_context("fork").Pool() as pool:
        for text, said in pool.imap_unordered(_judged, _texts(options), 20):
            if said:
                print(text, *said, sep="\n    ", flush=True)
                found += 1
            if found == options.most:
                pool.terminate()
                return
    print(f"{found} scenarios catch it")


def _texts(options: Any) -> Iterator[str]:
    from tests.simulation.stories import explore
    from tests.simulation.stories.catalog import STORIES

    stories = {name: STORIES[name] for name in options.stories}
    calls = {name: explore.calls_of(story) for name, story in stories.items()}
    only = set(filter(None, options.only.split(",")))
    for name in stories:
        yield f"{name}:0:"
    for name, story in stories.items():
        tried = explore.pairs(story, calls[name]) if options.pairs else explore.singles(story, calls[name])
        for scenario in tried:
            if not only or any(strike.name in only for strike in scenario.strikes):
                yield str(scenario)
    for scenario in explore.at_random(stories, calls, random.Random(1), options.random):
        yield str(scenario)


def _judged(text: str) -> tuple[str, list[str]]:
    from tests.simulation.stories.catalog import STORIES
    from tests.simulation.stories.scenario import Scenario

    scenario = Scenario.parse(text, STORIES)
    try:
        result = scenario.run()
    except Exception as error:
        return text, [f"{type(error).__name__}: {error}"]
    return _placed(scenario, result.calls), list(result.violations)


def _placed(scenario: Any, calls: Any) -> str:
    """The same scenario with places instead of numbers: those stay the same when other functions call more often."""
    strikes = []
    for strike in scenario.strikes:
        if strike.place or strike.call > len(calls):
            strikes.append(str(strike))
            continue
        which = calls[strike.call - 1]
        number = calls[: strike.call].count(which)
        strikes.append(f"{which[0]}/{which[1]}/{number}={strike.name}")
    return f"{scenario.story.name}:{scenario.seed}:{','.join(strikes)}"


if __name__ == "__main__":
    main()
