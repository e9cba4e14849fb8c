"""Switches that are followed while everything is deployed."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from traffic_switch.errors import JournalAwayError

from greenlight.commands.watching import PAUSE_SECONDS, Watch
from greenlight.deployed import Deployed
from tests.unit.operator_world import BLUE, FakeDeployed, scene, switch

RUNNING = replace(switch(1, BLUE, None, None), phase="gate", said="1 of 3")


class Story:
    """A first deployment: the clock, and what was told."""

    def __init__(self, *services: str) -> None:
        self.deployed = FakeDeployed(scene(None), has_journal=False)
        self.clock = 0.0
        self.told: list[tuple[str, str]] = []
        self.watch = Watch(cast(Deployed, self.deployed), services, self.tell, lambda: self.clock)

    def tell(self, phase: str, said: str) -> None:
        self.told.append((phase, said))

    def look(self, seconds: float = PAUSE_SECONDS) -> None:
        self.clock += seconds
        self.watch.look()


def test_without_a_journal_there_is_nothing_to_follow() -> None:
    story = Story("shop")
    story.deployed.journal.known = [RUNNING]
    story.look()

    assert story.told == []


def test_a_switch_that_began_before_the_journal_was_seen_is_followed() -> None:
    story = Story("shop")
    story.deployed.has_journal, story.deployed.journal.known = True, [RUNNING]
    story.look()

    assert story.told == [("gate", "1 of 3")]


def test_aws_is_not_asked_at_every_look_whether_there_is_a_journal() -> None:
    story = Story("shop")
    story.deployed.has_journal, story.deployed.journal.known = True, [RUNNING]
    story.look(PAUSE_SECONDS / 2)

    assert story.told == []


def test_of_several_services_each_is_named() -> None:
    story = Story("shop", "report")
    story.deployed.has_journal, story.deployed.journal.known = True, [RUNNING]
    story.look()

    assert story.told == [("gate", "shop: 1 of 3"), ("gate", "report: 1 of 3")]


def test_what_aws_does_not_say_now_it_says_later(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story("shop")

    def away(_: object) -> bool:
        raise JournalAwayError("away")

    with monkeypatch.context() as patch:
        patch.setattr(FakeDeployed, "has_journal", property(away), raising=False)
        story.look()
    story.deployed.has_journal, story.deployed.journal.known = True, [RUNNING]
    story.look()

    assert story.told == [("gate", "1 of 3")]
