"""Which scenarios are tried: every single strike, pairs over the short stories, and any number at random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from random import Random

from tests.simulation.stories.scenario import Scenario, Story
from tests.simulation.stories.strikes import ACTS, FAULTS, Strike, kinds_for

Calls = Sequence[tuple[str, str]]

FIRST_OF_PAIR = ("lost-reply", "died-after", "late", "stop", "cancel")
SECOND_OF_PAIR = ("lost-reply", "failed", "stop", "cancel", "delete")
"""Of each family the strikes that leave most in doubt; the others are tried alone and at random."""

MOST_AT_RANDOM = 4


def calls_of(story: Story) -> Calls:
    """The calls of a story when nothing strikes it."""
    return Scenario(story).run().calls


def singles(story: Story, calls: Calls) -> Iterator[Scenario]:
    """Every fault that a call can meet, at every call; every event of the world, just before every call."""
    for number, (_, call) in enumerate(calls, 1):
        for name in chain(kinds_for(call), ACTS):
            yield Scenario(story, strikes=(Strike(number, name),))


def pairs(story: Story, calls: Calls) -> Iterator[Scenario]:
    """Two strikes, at every two calls. The second may never come about: the first has changed the story."""
    for number, (_, call) in enumerate(calls, 1):
        for name in possible(FIRST_OF_PAIR, call):
            for later in range(number + 1, len(calls) + 1):
                for second in possible(SECOND_OF_PAIR, calls[later - 1][1]):
                    yield Scenario(story, strikes=(Strike(number, name), Strike(later, second)))


def pair_at_random(story: Story, calls: Calls, random: Random) -> Scenario:
    """One of the pairs of a story."""
    first, later = sorted(random.sample(range(1, len(calls) + 1), 2))
    one = random.choice(list(possible(FIRST_OF_PAIR, calls[first - 1][1])))
    other = random.choice(list(possible(SECOND_OF_PAIR, calls[later - 1][1])))
    return Scenario(story, strikes=(Strike(first, one), Strike(later, other)))


def possible(names: Iterable[str], call: str) -> Iterator[str]:
    """Those of the strikes that can strike a call."""
    return (name for name in names if name in ACTS or name in kinds_for(call))


def at_random(
    stories: Mapping[str, Story], calls: Mapping[str, Calls], random: Random, count: int
) -> Iterator[Scenario]:
    """Any story, any seed, up to four strikes anywhere."""
    names = sorted(stories)
    for _ in range(count):
        story = stories[random.choice(names)]
        strikes = []
        for _ in range(random.randint(1, MOST_AT_RANDOM)):
            number = random.randint(1, len(calls[story.name]) + 20)
            strikes.append(Strike(number, random.choice((*FAULTS, *ACTS))))
        yield Scenario(story, random.randrange(1_000_000), tuple(sorted(strikes, key=lambda strike: strike.call)))
