"""When users' answers tell that a rule has taken effect."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any

from traffic_switch.confirming import agreed
from traffic_switch.contract import Color
from traffic_switch.model import Reply
from traffic_switch.verdict import Judgment

from tests.unit.fake_surroundings import FakeSurroundings
from tests.unit.switch_facts import POLICY, SHOP


def heard(*colors: str, then: str) -> Judgment:
    """What is said of answers from these colors, and of one color's for ever after them; three in a row are wanted."""
    answers, around = chain(colors, repeat(then)), FakeSurroundings()
    door = SimpleNamespace(ask=lambda path: Reply(200, next(answers), "1", 5.0))
    policy = replace(POLICY, confirm_answers=3, confirm_deadline_seconds=10)
    world: Any = SimpleNamespace(
        front_door=lambda service: door, policy=policy, monotonic=around.monotonic, sleep=around.sleep
    )
    return agreed(world, SHOP, Color.GREEN)


def test_answers_count_only_in_a_row() -> None:
    judgment = heard("green", "green", "blue", "green", "blue", then="green")

    assert judgment.reason == "all traffic is on green; the front door agreed after 8 requests"


def test_a_front_door_that_never_agrees_fails() -> None:
    judgment = heard(then="blue")

    assert not judgment.good
    assert judgment.reason == "the front door still answers from blue 10 s after the rule was written, wanted green"
