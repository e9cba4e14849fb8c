"""When a command has ended, and when a color may leave its old host."""

from __future__ import annotations

import pytest
from host_color.judgment import Invocation, judge_command, judge_move, tail
from host_color.model import Place
from traffic_switch.model import Target
from traffic_switch.verdict import Verdict

NEW, OLD = Place("group", "i-0new", 3001), Place("group", "i-0old", 3001)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (None, Verdict.WAIT),
        ("Pending", Verdict.WAIT),
        ("InProgress", Verdict.WAIT),
        ("Delayed", Verdict.WAIT),
        ("Cancelling", Verdict.WAIT),
        ("Success", Verdict.PASS),
        ("Failed", Verdict.FAIL),
        ("TimedOut", Verdict.FAIL),
        ("Cancelled", Verdict.FAIL),
    ],
)
def test_a_command_is_judged_by_its_status(status: str | None, verdict: Verdict) -> None:
    assert judge_command(None if status is None else Invocation(status, "")).verdict is verdict


@pytest.mark.parametrize(
    ("new", "old", "patience_left", "verdict"),
    [
        ("healthy", "healthy", True, Verdict.PASS),
        ("healthy", "unhealthy", False, Verdict.PASS),
        ("initial", "healthy", True, Verdict.WAIT),
        ("unhealthy", "unhealthy", True, Verdict.WAIT),
        ("unhealthy", "healthy", False, Verdict.FAIL),
        ("initial", "healthy", False, Verdict.FAIL),
        ("unhealthy", "unhealthy", False, Verdict.PASS),
        (None, None, False, Verdict.PASS),
    ],
)
def test_a_color_moves_when_it_arrived_or_has_nothing_to_lose(
    new: str | None, old: str | None, patience_left: bool, verdict: Verdict
) -> None:
    states = {NEW: new, OLD: old}
    targets = [Target(place.instance_id, place.port, state) for place, state in states.items() if state]

    assert judge_move(targets, NEW, OLD, patience_left).verdict is verdict


def test_the_same_instance_on_another_port_is_another_color() -> None:
    blue = Target(NEW.instance_id, 3000, "healthy")

    assert judge_move([blue], NEW, OLD, patience_left=True).verdict is Verdict.WAIT


def test_only_the_end_of_an_output_is_told() -> None:
    output = "\n".join(f"line {number}" for number in range(100)) + "\n\n"

    assert tail(output) == "line 95 / line 96 / line 97 / line 98 / line 99"
    assert len(tail("x" * 5_000)) == 600
