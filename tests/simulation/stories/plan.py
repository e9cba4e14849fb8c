"""Which scenarios one run of the simulation tries, in which order: the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from random import Random

from tests.simulation.stories import explore
from tests.simulation.stories.explore import Calls
from tests.simulation.stories.scenario import Scenario, Story

LONG_CALLS = 180


@dataclass(frozen=True)
class Plan:
    """How much is tried: every single strike, every pair over the short stories, pairs over the others, and anything.

    Of the single strikes of stories with more than `LONG_CALLS` calls, most of which are calls of other stories too,
    only every `thin`-th is tried. `step`: of all single strikes and pairs only every so many-th one, for a slice.
    """

    seed: int = 0
    long_pairs: int = 2_000
    at_random: int = 4_000
    thin: int = 6
    step: int = 1

    def scenarios(self, stories: Mapping[str, Story]) -> Iterator[Scenario]:
        """All of them, each once."""
        calls = {name: explore.calls_of(story) for name, story in stories.items()}
        seen: set[str] = set()
        for scenario in chain(self._told(stories), self._exhaustive(stories, calls), self._drawn(stories, calls)):
            if (text := str(scenario)) not in seen:
                seen.add(text)
                yield scenario

    def _told(self, stories: Mapping[str, Story]) -> Iterator[Scenario]:
        """Every story as it is told, with a few seeds."""
        return (Scenario(story, seed) for story in stories.values() for seed in range(5))

    def _exhaustive(self, stories: Mapping[str, Story], calls: Mapping[str, Calls]) -> Iterator[Scenario]:
        short = [story for story in stories.values() if story.short]
        common = [story for story in stories.values() if not story.rare]
        every = chain(
            chain.from_iterable(self._singles(story, calls[story.name]) for story in common),
            chain.from_iterable(explore.pairs(story, calls[story.name]) for story in short),
        )
        return islice(every, Random(self.seed).randrange(self.step), None, self.step)

    def _singles(self, story: Story, calls: Calls) -> Iterator[Scenario]:
        return islice(explore.singles(story, calls), None, None, self.thin if len(calls) > LONG_CALLS else 1)

    def _drawn(self, stories: Mapping[str, Story], calls: Mapping[str, Calls]) -> Iterator[Scenario]:
        random = Random(self.seed)
        common = {name: story for name, story in stories.items() if not story.rare}
        longer = [story for story in common.values() if not story.short]
        for _ in range(self.long_pairs):
            story = random.choice(longer)
            yield explore.pair_at_random(story, calls[story.name], random)
        yield from explore.at_random(common, calls, random, self.at_random)


FULL = Plan()
"""What `make simulate` runs: more than 100,000 scenarios."""
EXHAUSTIVE = Plan(long_pairs=50_000, at_random=50_000, thin=1)
SLICE = Plan(long_pairs=100, at_random=200, step=110)
"""What `make test` runs: a sample of everything, in less than a minute on two cores."""
