"""Which scenarios one run of the simulation tries, in which order: the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from random import Random

from tests.simulation.stories import explore
from tests.simulation.stories.explore import Calls
from tests.simulation.stories.scenario import Scenario, Story


@dataclass(frozen=True)
class Plan:
    """How much is tried: every single strike, every pair over the short stories, pairs over the others, and anything.

    `step`: of all single strikes and pairs only every so many-th one, for a slice.
    """

    seed: int = 0
    long_pairs: int = 25_000
    at_random: int = 40_000
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
            chain.from_iterable(explore.singles(story, calls[story.name]) for story in common),
            chain.from_iterable(explore.pairs(story, calls[story.name]) for story in short),
        )
        return islice(every, Random(self.seed).randrange(self.step), None, self.step)

    def _drawn(self, stories: Mapping[str, Story], calls: Mapping[str, Calls]) -> Iterator[Scenario]:
        random = Random(self.seed)
        longer = [story for story in stories.values() if not story.short]
        for _ in range(self.long_pairs):
            story = random.choice(longer)
            yield explore.pair_at_random(story, calls[story.name], random)
        yield from explore.at_random(stories, calls, random, self.at_random)


FULL = Plan()
SLICE = Plan(long_pairs=150, at_random=300, step=60)
"""What `make test` runs: a sample of everything, in less than a minute on two cores."""
