"""The facts that a switch is judged by, and the words in which they are told."""

from __future__ import annotations

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Mode, Reply, RuleLook, State, Switch, Target, Weights, healthy_share

from tests.unit.switch_facts import target

BLUE = Weights(100, 0)
SWITCH = Switch("s1", "shop", Mode.RESTORE, Color.GREEN, "2", "s0")


def test_all_traffic_on_a_color_leaves_the_other_in_the_rule() -> None:
    assert (Weights.all_on(Color.BLUE), Weights.all_on(Color.GREEN)) == (BLUE, Weights(0, 100))


@pytest.mark.parametrize(
    ("weights", "color"),
    [(BLUE, Color.BLUE), (Weights(0, 100), Color.GREEN), (Weights(50, 50), Color.BLUE), (Weights(49, 51), Color.GREEN)],
    ids=str,
)
def test_the_color_with_most_of_the_traffic_is_live(weights: Weights, color: Color) -> None:
    assert weights.live is color


def test_no_color_is_live_when_both_weights_are_zero() -> None:
    assert Weights(0, 0).live is None


def test_a_small_share_of_the_traffic_is_enough_when_the_other_color_has_none() -> None:
    assert (Weights(1, 0).live, Weights(0, 1).live) == (Color.BLUE, Color.GREEN)


def test_weights_are_told_by_color() -> None:
    assert str(Weights(90, 10)) == "blue 90, green 10"


def test_a_target_is_told_with_the_reason_of_its_state() -> None:
    assert str(Target("i-1", 80, "healthy")) == "i-1:80 is healthy"
    assert str(Target("i-1", 80, "unhealthy", "Timeout", "Request timed out")) == (
        "i-1:80 is unhealthy (Timeout: Request timed out)"
    )


def test_the_healthy_share_is_of_those_that_are_not_on_their_way_out() -> None:
    targets = [target(), target(), target(State.UNHEALTHY), target(State.INITIAL), target(State.DRAINING)]

    assert healthy_share(targets) == 0.5


def test_the_healthy_share_of_nothing_is_none() -> None:
    assert healthy_share([]) == healthy_share([target(State.DRAINING)]) == 0.0


@pytest.mark.parametrize(("status", "failed"), [(0, True), (200, False), (404, False), (499, False), (500, True)])
def test_a_user_calls_an_error_of_the_server_and_no_answer_failed(status: int, failed: bool) -> None:
    assert Reply(status, "blue", "1", 5.0).failed is failed


def test_a_rule_reads_what_it_has_unless_somebody_changed_it() -> None:
    assert RuleLook("arn", BLUE).reads(BLUE)
    assert not RuleLook("arn", BLUE).reads(Weights(0, 100))
    assert not RuleLook("arn", None, "changed").reads(None)
    assert RuleLook().reads(None)


def test_a_rule_is_told_by_its_problem_its_weights_or_its_absence() -> None:
    assert str(RuleLook("arn", None, "it was changed")) == "it was changed"
    assert str(RuleLook("arn", BLUE)) == "the production rule has blue 100, green 0"
    assert str(RuleLook()) == "there is no production rule"


def test_a_switch_reads_back_from_the_input_of_its_execution() -> None:
    assert Switch.from_input(SWITCH.as_input()) == SWITCH
    assert SWITCH.as_input() == {
        "switch_id": "s1",
        "service": "shop",
        "mode": "restore",
        "color": "green",
        "version": "2",
        "undoes": "s0",
    }


def test_an_input_of_an_older_greenlight_undoes_nothing() -> None:
    given = {name: value for name, value in SWITCH.as_input().items() if name != "undoes"}

    assert Switch.from_input(given).undoes == ""


def test_a_weight_is_known_by_its_color() -> None:
    assert (Weights(90, 10).of(Color.BLUE), Weights(90, 10).of(Color.GREEN)) == (90, 10)
