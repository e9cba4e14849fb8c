"""How often a command on the host is looked at: soon and often at first, for most commands take a second."""

from __future__ import annotations

from host_color.command import poll
from traffic_switch.verdict import Judgment, wait

from tests.unit.fake_surroundings import FakeSurroundings


def looks(seconds: float) -> list[float]:
    """When a command that never ends is looked at, in seconds from the start."""
    clock, seen = FakeSurroundings(), []

    def look(_: bool) -> Judgment:
        seen.append(clock.clock - 1_000.0)
        return wait("it runs")

    poll(look, clock, clock.clock + seconds)
    return seen


def test_a_command_of_one_to_five_seconds_is_seen_to_end_within_half_of_its_time() -> None:
    seen = looks(10)

    assert all(min(each for each in seen if each >= ended) <= ended * 1.5 for ended in (1.0, 2.0, 3.0, 4.0, 5.0))


def test_a_long_command_is_looked_at_every_five_seconds() -> None:
    seen = looks(120)

    assert [later - earlier for earlier, later in zip(seen[-4:], seen[-3:], strict=False)] == [5.0, 5.0, 5.0]
