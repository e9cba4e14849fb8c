"""What the functions share that judge a request with a few calls of AWS, and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from botocore.config import Config
from traffic_switch.journal import Answer
from traffic_switch.surroundings import Surroundings

from custom_resource.patience import Patience
from custom_resource.request import Event
from custom_resource.serving import Answering, serve

ANSWER_SECONDS = 75.0
"""What is kept of the function's time for the last call to AWS (three attempts) and for the answer."""

CALLS = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=2, read_timeout=5)
"""For every client of such a function."""


class World(Protocol):
    """What each of their worlds has, whatever else it holds."""

    @property
    def answer(self) -> Answering: ...
    @property
    def surroundings(self) -> Surroundings: ...


W = TypeVar("W", bound=World)


def judge(
    event: Event,
    physical_id: str,
    decide: Callable[[Event, W, Patience], Answer],
    world: W,
    seconds_left: float,
) -> None:
    """Answer as `decide` says, within the time that the function has left."""
    patience = Patience(world.surroundings, seconds_left - ANSWER_SECONDS)
    serve(event, physical_id, lambda: decide(event, world, patience), world.answer)
