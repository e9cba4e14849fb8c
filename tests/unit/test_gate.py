from __future__ import annotations

from dataclasses import replace

from traffic_switch import gate
from traffic_switch.model import State
from traffic_switch.verdict import Verdict

from tests.unit.switch_facts import POLICY, target


def test_one_good_look_is_not_enough() -> None:
    judgment, streak = gate.judge([target()], streak=0, elapsed_seconds=0, policy=POLICY)

    assert (judgment.verdict, streak) == (Verdict.WAIT, 1)


def test_enough_good_looks_in_a_row_pass() -> None:
    judgment, _ = gate.judge([target()], streak=2, elapsed_seconds=20, policy=POLICY)

    assert judgment.verdict is Verdict.PASS


def test_a_bad_look_starts_the_count_again() -> None:
    judgment, streak = gate.judge([target(), target(State.UNHEALTHY)], streak=2, elapsed_seconds=20, policy=POLICY)

    assert (judgment.verdict, streak) == (Verdict.WAIT, 0)


def test_half_healthy_at_the_deadline_fails_and_names_the_sick_target() -> None:
    sick = target(State.UNHEALTHY, "i-2", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]")

    judgment, _ = gate.judge([target(), sick], streak=0, elapsed_seconds=300, policy=POLICY)

    assert judgment.verdict is Verdict.FAIL
    assert "1 of 2 targets healthy after 300 s" in judgment.reason
    assert "i-2:3001 is unhealthy (Target.ResponseCodeMismatch: Health checks failed with these codes: [500])" in (
        judgment.reason
    )


def test_health_beats_the_deadline() -> None:
    judgment, _ = gate.judge([target()], streak=2, elapsed_seconds=999, policy=POLICY)

    assert judgment.verdict is Verdict.PASS


def test_unused_fails_at_once_because_waiting_cannot_help() -> None:
    judgment, _ = gate.judge([target(State.UNUSED)], streak=0, elapsed_seconds=0, policy=POLICY)

    assert judgment.verdict is Verdict.FAIL
    assert "preview rule is missing" in judgment.reason


def test_no_target_at_all_fails_at_once() -> None:
    judgment, _ = gate.judge([], streak=0, elapsed_seconds=0, policy=POLICY)

    assert judgment.verdict is Verdict.FAIL


def test_a_draining_target_does_not_count() -> None:
    judgment, streak = gate.judge([target(), target(State.DRAINING)], streak=0, elapsed_seconds=0, policy=POLICY)

    assert (judgment.verdict, streak) == (Verdict.WAIT, 1)


def test_fewer_targets_than_the_minimum_wait() -> None:
    from dataclasses import replace

    judgment, streak = gate.judge([target()], 2, 0, replace(POLICY, gate_min_healthy=2))

    assert (judgment.verdict, streak) == (Verdict.WAIT, 0)


def test_a_gate_that_waits_says_what_it_has_seen() -> None:
    judgment, _ = gate.judge([target(), target(State.UNHEALTHY, "i-2"), target(State.INITIAL, "i-3")], 0, 12.3, POLICY)

    assert judgment.reason == "1 of 3 targets healthy after 12 s: i-2:3001 is unhealthy; i-3:3001 is initial"


def test_a_gate_that_wants_more_targets_than_there_are_names_no_sick_one() -> None:
    judgment, _ = gate.judge([target()], 2, 5, replace(POLICY, gate_min_healthy=2))

    assert judgment.reason == "1 of 2 targets healthy after 5 s"


def test_a_gate_without_targets_says_what_to_do_and_counts_no_look() -> None:
    judgment, streak = gate.judge([], 2, 5, POLICY)

    assert streak == 0
    assert judgment.reason == "no target is registered in the target group: deploy a version to this color first"
