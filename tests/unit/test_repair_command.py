from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from traffic_switch.journal import Answer, Lock
from traffic_switch.model import Mode, Outcome, Weights

from greenlight.commands import repair
from greenlight.switch_view import SwitchView
from tests.unit.operator_world import BLUE, GREEN, Desk, scene, seated, switch

DRIFTED = scene(BLUE, Weights(50, 50))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = seated(tmp_path, monkeypatch)
    made.deployed.now = DRIFTED
    return made


def ended(outcome: Outcome | None, reason: str) -> SwitchView:
    found = switch(1, BLUE, BLUE, outcome, reason=reason, answer=Answer("SUCCESS", reason), phase="repair", said=reason)
    return replace(found, switch=replace(found.switch, id="repair-1", mode=Mode.REPAIR))


def becomes(desk: Desk, weights: Weights, outcome: Outcome, reason: str) -> Callable[[], None]:
    """What a repair brings about."""

    def effect() -> None:
        desk.deployed.now = scene(BLUE, weights)
        desk.deployed.journal.held = None
        desk.deployed.journal.known = [ended(outcome, reason)]

    return effect


def test_without_drift_no_switch_is_started(desk: Desk) -> None:
    desk.deployed.now = scene(BLUE)

    code, said = desk.type("repair")

    assert (code, desk.deployed.repairs) == (0, [])
    assert said == (
        "nothing to repair: the production rule has blue 100, green 0; the journal remembers blue 1.0.0 as live\n"
    )


def test_a_repair_says_what_differs_follows_the_switch_and_reads_the_rule(desk: Desk) -> None:
    desk.deployed.repaired = becomes(desk, Weights(100, 0), Outcome.REPAIRED, "the rule has blue 100, green 0 again")

    code, said = desk.type("repair", "--yes", "--reason", "edited by hand")

    lines = said.splitlines()
    assert code == 0
    assert "has blue 50, green 50, but the journal remembers blue 100, green 0" in lines[0]
    assert "  repair    the rule has blue 100, green 0 again" in lines
    assert lines[-1].startswith("shop is repaired: the production rule has blue 100, green 0;")
    assert desk.deployed.repairs == ["edited by hand"]


def test_a_denied_repair_starts_no_switch(desk: Desk) -> None:
    desk.type("repair")

    assert desk.deployed.repairs == []


def test_a_repair_that_was_held_fails_with_its_reason(desk: Desk) -> None:
    desk.deployed.repaired = becomes(desk, Weights(50, 50), Outcome.HELD, "blue is not healthy either.")

    code, said = desk.type("repair", "--yes")

    assert code == 1
    assert (
        "shop is not repaired: HELD: blue is not healthy either. Now the production rule has blue 50, green 50" in said
    )


def test_a_switch_that_says_repaired_is_not_believed(desk: Desk) -> None:
    desk.deployed.repaired = becomes(desk, Weights(0, 100), Outcome.REPAIRED, "done")

    code, said = desk.type("repair", "--yes")

    assert code == 1
    assert "the switch says REPAIRED, but the rule reads otherwise" in said


def test_a_repair_that_does_not_end_is_no_success(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "follow_to_end", lambda *_: ended(None, ""))

    code, said = desk.type("repair", "--yes")

    assert code == 1
    assert "the switch repair-1 has not ended in time" in said


def test_ctrl_c_leaves_the_repair_running_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(repair, "follow_to_end", interrupted)

    code, said = desk.type("repair", "--yes")

    assert code == 1
    assert "A repair that was started goes on: `greenlight status` shows it" in said


def test_nothing_is_repaired_under_a_running_switch(desk: Desk) -> None:
    desk.deployed.journal.held = Lock("s7", 1, reason="release green 2.0.0")

    code, said = desk.type("repair", "--yes")

    assert (code, desk.deployed.repairs) == (1, [])
    assert "the switch s7 (release green 2.0.0) is running" in said


def test_a_switch_that_died_is_settled_by_a_repair_though_the_rule_is_right(desk: Desk) -> None:
    desk.deployed.now = scene(BLUE)
    desk.deployed.journal.held = Lock("s7", 1, deadline=1.0)
    desk.deployed.repaired = becomes(desk, Weights(100, 0), Outcome.REPAIRED, "done")

    code, said = desk.type("repair", "--yes")

    assert code == 0
    assert "the switch s7 died, and was never settled" in said


def test_a_rule_that_the_journal_knows_nothing_of_is_not_repaired(desk: Desk) -> None:
    desk.deployed.now = scene(None, GREEN.weights)

    code, said = desk.type("repair", "--yes")

    assert (code, desk.deployed.repairs) == (1, [])
    assert "Delete the rule if nobody uses it" in said
