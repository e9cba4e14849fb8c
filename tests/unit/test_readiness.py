from __future__ import annotations

import pytest
from traffic_switch.contract import Color
from traffic_switch.journal import Lock
from traffic_switch.model import RuleLook, Weights

from greenlight.plan import Plan
from greenlight.readiness import unmet, unready, unrepairable
from greenlight.scene import Scene
from greenlight.waiting import awaited
from tests.unit.operator_world import BLUE, GREEN, scene

PLAN = Plan("shop", Color.GREEN, "2.0.0", "1.0.0", 2, BLUE)
LOCK = Lock("s7", 1, reason="release green 2.0.0", since=1000.0, deadline=5000.0)
DRIFTED = scene(BLUE, Weights(50, 50))
MISPLACED = scene(BLUE, rule=RuleLook("arn:rule", BLUE.weights, misplaced="its priority is 7, the settings say 100"))


def test_a_quiet_service_is_ready() -> None:
    assert unready("shop", scene(BLUE), 2000.0) == ""


def test_a_running_switch_is_named_with_what_it_does_and_until_when() -> None:
    refused = unready("shop", scene(BLUE, lock=LOCK), 2000.0)

    assert "the switch s7 (release green 2.0.0) is running, since 1970-01-01 00:16:40 UTC" in refused
    assert "until 1970-01-01 01:23:20 UTC" in refused


def test_a_switch_that_died_is_repaired_first() -> None:
    assert "Run `greenlight repair`" in unready("shop", scene(BLUE, lock=LOCK), 6000.0)


def test_drift_is_repaired_first() -> None:
    refused = unready("shop", DRIFTED, 2000.0)

    assert "has blue 50, green 50, but the journal remembers blue 100, green 0" in refused
    assert "`greenlight repair` puts it back. Do that first. Nothing was changed" in refused


def test_settings_that_were_not_deployed_are_thought_of() -> None:
    assert "npx cdk deploy GreenlightSwitch" in unready("shop", MISPLACED, 2000.0)


def test_a_damaged_journal_refuses_everything() -> None:
    broken = scene(None, Weights(100, 0), damage="the journal's item live#shop is damaged")

    assert "live#shop is damaged" in unready("shop", broken, 2000.0)
    assert "live#shop is damaged" in unrepairable("shop", broken, 2000.0)


@pytest.mark.parametrize("seen", [DRIFTED, MISPLACED, scene(BLUE), scene(BLUE, lock=LOCK)])
def test_drift_and_a_dead_switch_can_be_repaired(seen: Scene) -> None:
    assert unrepairable("shop", seen, 6000.0) == ""


def test_nothing_is_repaired_under_a_running_switch() -> None:
    assert "is running" in unrepairable("shop", scene(BLUE, Weights(0, 100), lock=LOCK), 2000.0)


def test_a_rule_that_the_journal_knows_nothing_of_cannot_be_repaired() -> None:
    assert "the journal remembers nothing live" in unrepairable("shop", scene(None, Weights(100, 0)), 2000.0)


def test_what_was_asked_for_is_met_when_journal_and_rule_say_so() -> None:
    assert unmet(PLAN, scene(GREEN)) == ""


def test_a_deploy_that_changed_nothing_is_not_met() -> None:
    problem = unmet(PLAN, scene(BLUE))

    assert "the production rule has blue 100, green 0; the journal remembers blue 1.0.0 as live" in problem


def test_a_journal_that_says_so_does_not_do_while_the_rule_says_otherwise() -> None:
    assert "the journal remembers blue 0, green 100" in unmet(PLAN, scene(GREEN, Weights(50, 50)))


def test_the_next_switch_may_move_the_rule_again() -> None:
    assert unmet(PLAN, scene(GREEN, Weights(100, 0), lock=LOCK)) == ""


def test_a_rule_that_reads_otherwise_is_looked_at_again() -> None:
    looks = iter([DRIFTED, scene(BLUE)])

    assert awaited(
        lambda: next(looks), lambda seen: not seen.drift, 10, sleep=lambda _: None, now=lambda: 0.0
    ) == scene(BLUE)


def test_patience_with_a_rule_ends() -> None:
    clock = iter((0.0, 5.0, 10.0))

    seen = awaited(lambda: DRIFTED, lambda seen: not seen.drift, 10, sleep=lambda _: None, now=lambda: next(clock))

    assert seen == DRIFTED
