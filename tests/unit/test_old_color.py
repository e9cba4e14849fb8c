from __future__ import annotations

from traffic_switch.contract import Color
from traffic_switch.model import Reply, State, Target
from traffic_switch.old_color import judge
from traffic_switch.verdict import Judgment, Verdict

from tests.unit.switch_facts import target

GOOD, BAD = target(), target(State.UNHEALTHY)


def judged(old: list[Target], new: list[Target], *replies: Reply, least: int = 1) -> Judgment:
    return judge(Color.BLUE, "1", old, new, replies, least)


def answered(version: str, color: str = "blue", status: int = 200) -> Reply:
    return Reply(status, color, version, 1.0)


def test_a_healthy_old_color_gets_the_traffic_back() -> None:
    assert judged([GOOD], [GOOD]).verdict is Verdict.PASS


def test_a_sick_old_color_never_gets_traffic_from_a_healthy_one() -> None:
    judgment = judged([BAD], [GOOD])

    assert judgment.verdict is Verdict.FAIL
    assert "i-1:3001 is unhealthy" in judgment.reason


def test_of_two_sick_colors_the_less_sick_one_gets_it() -> None:
    assert judged([GOOD, BAD], [BAD, BAD], least=2).verdict is Verdict.PASS


def test_a_tie_of_two_sick_colors_stays_where_it_is() -> None:
    assert judged([BAD], [BAD]).verdict is Verdict.FAIL


def test_an_old_color_without_targets_says_so() -> None:
    assert "it has no targets" in judged([], [GOOD]).reason


def test_an_old_color_that_runs_another_version_is_not_what_was_proved() -> None:
    judgment = judged([GOOD], [BAD], answered("1"), answered("9"))

    assert judgment.verdict is Verdict.FAIL
    assert "blue runs version 9, but the journal remembers 1" in judgment.reason


def test_an_answer_of_the_version_that_is_remembered_speaks_for_it() -> None:
    assert judged([GOOD], [GOOD], answered("1")).verdict is Verdict.PASS


def test_no_answer_and_no_version_prove_nothing_against_it() -> None:
    assert judged([GOOD], [GOOD], Reply(0, "", "", 1.0, "refused"), answered("")).verdict is Verdict.PASS


def test_an_answer_of_the_other_color_says_nothing_about_this_one() -> None:
    assert judged([GOOD], [GOOD], answered("9", color="green")).verdict is Verdict.PASS


def test_a_color_that_the_load_balancer_cannot_reach_gets_nothing_back() -> None:
    judgment = judged([GOOD], [GOOD], answered("", "", 502), answered("", "", 504))

    assert judgment.verdict is Verdict.FAIL
    assert "blue does not answer (status 502)" in judgment.reason


def test_one_answer_of_two_is_enough_for_a_color_that_is_called_healthy() -> None:
    assert judged([GOOD], [GOOD], answered("", "", 502), answered("1")).verdict is Verdict.PASS


def test_a_color_that_is_not_healthy_either_is_told_by_its_targets() -> None:
    sick = [target(State.UNHEALTHY, "i-1"), target(State.INITIAL, "i-2")]

    assert judged(sick, []).reason == ("blue is not healthy either: i-1:3001 is unhealthy; i-2:3001 is initial")
    assert judged([], []).reason == "blue is not healthy either: it has no targets"


def test_a_color_that_is_less_sick_says_so() -> None:
    judgment = judged([GOOD], [BAD], least=2)

    assert (judgment.verdict, judgment.reason) == (Verdict.PASS, "blue is the less unhealthy color")
