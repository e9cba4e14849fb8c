"""Which scenarios one run of the simulation tries, in which order: the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from random import Random

from tests.simulation.stories import explore
from tests.simulation.stories.explore import Calls
from tests.simulation.stories.scenario import Scenario, Story

SHORT_CALLS = 45
"""Stories with no more calls are short: a scenario of theirs takes 4 ms, so that every pair of strikes can be tried."""
LONG_CALLS = 180
"""Stories with more calls are long: 30 ms, and most of their calls are calls of other stories, too."""


@dataclass(frozen=True)
class Plan:
    """How much is tried. Shares are of all that there are; which ones is drawn, by the seed and the story's name.

    `pairs`: of the pairs of strikes over the short stories. `short`, `medium`, `long`: of the single strikes over the
    stories of this length. `long_pairs`: so many pairs over those that are not short. `at_random`: so many of anything.
    """

    seed: int = 0
    pairs: float = 1.0
    short: float = 1.0
    medium: float = 1 / 4
    long: float = 1 / 20
    long_pairs: int = 2_000
    at_random: int = 4_000

    def scenarios(self, stories: Mapping[str, Story]) -> Iterator[Scenario]:
        """All of them, each once."""
        calls = {name: explore.calls_of(story) for name, story in stories.items()}
        common = {name: story for name, story in stories.items() if not story.rare}
        seen: set[str] = set()
        for scenario in chain(self._told(stories), self._struck(common, calls), self._drawn(common, calls)):
            if (text := str(scenario)) not in seen:
                seen.add(text)
                yield scenario

    def _told(self, stories: Mapping[str, Story]) -> Iterator[Scenario]:
        """Every story as it is told, with a few seeds."""
        return (Scenario(story, seed) for story in stories.values() for seed in range(5))

    def _struck(self, stories: Mapping[str, Story], calls: Mapping[str, Calls]) -> Iterator[Scenario]:
        for name, story in stories.items():
            singles = explore.singles(story, calls[name])
            yield from self._some(singles, self._share(calls[name]), f"singles of {name}")
            if _is_short(calls[name]):
                yield from self._some(explore.pairs(story, calls[name]), self.pairs, f"pairs of {name}")

    def _share(self, calls: Calls) -> float:
        if _is_short(calls):
            return self.short
        return self.long if len(calls) > LONG_CALLS else self.medium

    def _some(self, scenarios: Iterator[Scenario], share: float, what: str) -> Iterator[Scenario]:
        random = Random(f"{self.seed}: {what}")
        return (scenario for scenario in scenarios if random.random() < share)

    def _drawn(self, stories: Mapping[str, Story], calls: Mapping[str, Calls]) -> Iterator[Scenario]:
        random = Random(self.seed)
        longer = [story for name, story in stories.items() if not _is_short(calls[name])]
        for _ in range(self.long_pairs):
            story = random.choice(longer)
            yield explore.pair_at_random(story, calls[story.name], random)
        yield from explore.at_random(stories, calls, random, self.at_random)


def _is_short(calls: Calls) -> bool:
    return len(calls) <= SHORT_CALLS


FULL = Plan()
"""What `make simulate` runs: more than 100,000 scenarios in less than 10 minutes on two cores."""
EXHAUSTIVE = Plan(medium=1.0, long=1.0, long_pairs=20_000, at_random=20_000)
"""Every single strike at every call of every story."""
SLICE = Plan(pairs=1 / 160, short=1 / 40, medium=1 / 110, long=1 / 600, long_pairs=100, at_random=200)
"""What `make test` runs: a sample of everything, in less than a minute on two cores."""
