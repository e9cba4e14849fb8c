from __future__ import annotations

from traffic_switch.model import State, Weights
from traffic_switch.rollback import Move, decide

from tests.unit.switch_world import target

BLUE, GREEN = Weights(100, 0), Weights(0, 100)
GOOD, BAD = target(), target(State.UNHEALTHY)


def test_unmoved_weights_need_nothing() -> None:
    assert decide(BLUE, BLUE, [BAD], [GOOD], 1).move is Move.NOTHING


def test_a_rule_that_was_not_there_before_goes() -> None:
    assert decide(GREEN, None, [], [], 1).move is Move.REMOVE_RULE


def test_a_healthy_old_color_gets_the_traffic_back() -> None:
    assert decide(GREEN, BLUE, [GOOD], [GOOD], 1).move is Move.RESTORE


def test_a_sick_old_color_never_gets_traffic_from_a_healthy_one() -> None:
    decision = decide(GREEN, BLUE, [BAD], [GOOD], 1)

    assert decision.move is Move.HOLD
    assert "i-1:3001 is unhealthy" in decision.reason


def test_of_two_sick_colors_the_less_sick_one_gets_it() -> None:
    assert decide(GREEN, BLUE, [GOOD, BAD], [BAD, BAD], 2).move is Move.RESTORE


def test_a_tie_of_two_sick_colors_stays_where_it_is() -> None:
    assert decide(GREEN, BLUE, [BAD], [BAD], 1).move is Move.HOLD


def test_a_rule_that_somebody_deleted_is_restored() -> None:
    assert decide(None, BLUE, [GOOD], [GOOD], 1).move is Move.RESTORE
