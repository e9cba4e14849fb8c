"""Every story as it is told, and what the machinery of the simulation promises."""

from __future__ import annotations

from random import Random

import pytest

from tests.simulation.stories import explore
from tests.simulation.stories.catalog import STORIES
from tests.simulation.stories.plan import Plan
from tests.simulation.stories.scenario import Scenario
from tests.simulation.stories.strikes import Strike


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_story_that_nothing_strikes_ends_well(name: str) -> None:
    assert Scenario(STORIES[name]).run().violations == ()


@pytest.mark.parametrize(
    "text",
    [
        "release:0:42=lost-reply",
        "errors:0:70=stop",
        "errors:0:90=died-after,100=stop",
        "release:3:50=journal-long-away",
        "release:0:60=cancel",
        "release:0:55=delete",
        "first:0:60=delete",
        "release:0:70=edit-half",
        "errors:0:75=journal-away",
        "there-and-back:0:60=release",
        "errors:0:60=redrive",
        "release:0:5=twice,30=ran-on",
        "continued-rollback:0:24=cancel,43=delete",
    ],
)
def test_a_scenario_of_each_family_breaks_nothing(text: str) -> None:
    assert Scenario.parse(text, STORIES).run().violations == ()


def test_a_scenario_is_the_same_in_every_run() -> None:
    text = "errors:7:40=lost-reply,66=stop"
    once, again = (Scenario.parse(text, STORIES) for _ in range(2))
    once.keep_trace = again.keep_trace = True

    assert once.run().trace == again.run().trace


def test_a_scenario_reads_back_as_it_is_written() -> None:
    scenario = Scenario(STORIES["release"], 7, (Strike(3, "stop"), Strike(9, "lost-reply")))

    assert str(Scenario.parse(str(scenario), STORIES)) == str(scenario) == "release:7:3=stop,9=lost-reply"


def test_a_story_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"story 'relase': there is none of this name; there are .*release"):
        Scenario.parse("relase:0:", STORIES)


def test_a_strike_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"strike 'lost': there is none of this name; there are .*lost-reply"):
        Scenario.parse("release:0:3=lost", STORIES)


def test_every_call_of_a_story_is_struck_by_every_fault_that_it_can_meet() -> None:
    story = STORIES["keep"]
    calls = explore.calls_of(story)
    struck = {strike.call for scenario in explore.singles(story, calls) for strike in scenario.strikes}

    assert struck == set(range(1, len(calls) + 1))


def test_a_plan_names_no_scenario_twice() -> None:
    stories = {name: STORIES[name] for name in ("keep", "destroy")}
    texts = [str(scenario) for scenario in Plan(long_pairs=0, at_random=200).scenarios(stories)]

    assert len(texts) == len(set(texts)) > 1_000


def test_what_is_drawn_depends_on_the_seed_alone() -> None:
    story = STORIES["release"]
    calls = {"release": explore.calls_of(story)}
    drawn = [list(map(str, explore.at_random({"release": story}, calls, Random(5), 20))) for _ in range(2)]

    assert drawn[0] == drawn[1]
