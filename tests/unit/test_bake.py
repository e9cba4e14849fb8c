"""The judgment of a bake: what fails it at once, what it waits for, and what it says when it passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.judging.bake import Look, judge, surely_bad
from traffic_switch.judging.looks import Batch, Period, Wiring
from traffic_switch.model import Alarm, State
from traffic_switch.verdict import Verdict

from tests.unit.bake_world import policy, target

POLICY = policy()
MINUTE = Period(0.0, 300, 0, 300, 0, surely=300)


def batches(bad: int = 0, slow: int = 0, count: int = 80) -> list[Batch]:
    """So many own batches of 20, one a second from second 3 on; the first ones have one bad request each."""
    return [Batch(3.0 + number, 20, number < bad, number < slow) for number in range(count)]


LOOK = Look(
    elapsed_seconds=420,
    batches=batches(),
    users=[MINUTE] * 4,
    wiring=Wiring(own=1000, counted=1300),
    targets=[target()],
    alarms=[Alarm("green-errors", "OK")],
)


def judged(**change: Any) -> tuple[Verdict, str]:
    judgment = judge(replace(LOOK, **change), POLICY)
    return judgment.verdict, judgment.reason


def test_a_good_color_passes_at_the_end_and_says_what_would_have_been_caught() -> None:
    few = replace(MINUTE, failed=1, slow=2)

    assert judged(batches=batches(bad=3, slow=1), users=[few] * 4) == (
        Verdict.PASS,
        "own requests: 3 of 1,600 failed, 1 slow (2.7 % would have been caught); users' requests: 4 of 1,200 failed,"
        " 8 slow (4.7 % would have been caught) in 420 s",
    )


def test_without_users_it_passes_on_own_requests_alone_and_says_so() -> None:
    verdict, reason = judged(users=[replace(MINUTE, surely=0)])

    assert verdict is Verdict.PASS
    assert reason.endswith("users' requests: none in CloudWatch in 420 s")


def test_before_the_end_a_good_color_waits() -> None:
    verdict, reason = judged(elapsed_seconds=419)

    assert verdict is Verdict.WAIT
    assert reason.endswith("after 419 of 420 s")


def test_while_the_first_minute_lasts_nothing_passes() -> None:
    assert judge(replace(LOOK, elapsed_seconds=50), policy(bake_seconds=60)).verdict is Verdict.WAIT
    late = [replace(batch, second=batch.second + 380) for batch in LOOK.batches]
    assert judged(batches=late)[0] is Verdict.WAIT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"batches": batches(bad=9, count=10)}, "9 of 200 own requests failed: 4.5 %, allowed 1 %"),
        ({"batches": [Batch(6, 20, 0, 8)] * 10}, "80 of 200 own requests took longer than 500 ms: 40.0 %, allowed 5 %"),
        ({"users": [replace(MINUTE, failed=20)] * 2}, "40 of 600 users' requests failed: 6.7 %, allowed 1 %"),
        ({"users": [replace(MINUTE, slow=60)] * 2}, "120 of 600 users' requests took longer than 500 ms: 20.0 %"),
        ({"targets": [target(State.UNHEALTHY)]}, "100 % of the targets fail (allowed 10 %): i-1:3001 is unhealthy"),
        ({"targets": []}, "no target is registered"),
        ({"alarms": [Alarm("green-errors", "ALARM")]}, "alarm green-errors is in state ALARM"),
        ({"objections": ["the operator aborted it: asked by ann"]}, "the operator aborted it: asked by ann"),
    ],
)
def test_each_complaint_fails_at_once(change: dict[str, Any], words: str) -> None:
    verdict, reason = judged(elapsed_seconds=15, **change)

    assert verdict is Verdict.FAIL
    assert reason.startswith(words) or words in reason


def test_trouble_that_begins_late_is_told_by_its_own_numbers() -> None:
    late = [*batches(count=300), *(Batch(303.0 + at, 20, 9, 0) for at in range(5))]

    verdict, reason = judged(batches=late, elapsed_seconds=306)

    assert verdict is Verdict.FAIL
    assert reason == "45 of 100 latest own requests failed: 45.0 %, allowed 1 %"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"wiring": None}, "CloudWatch has no period yet that surely holds own requests"),
        (
            {"wiring": Wiring(own=1000, counted=899)},
            "CloudWatch counted 899 requests in a period of 1,000 own ones: these are not this color's metrics",
        ),
        ({"alarms": [Alarm("green-errors", "MISSING")]}, "alarm green-errors is in state MISSING"),
        ({"alarms": [Alarm("green-errors", "INSUFFICIENT_DATA")]}, "alarm green-errors is in state INSUFFICIENT_DATA"),
        ({"alarms": None}, "the targets' health or the alarms were not read"),
        ({"targets": None}, "the targets' health or the alarms were not read"),
        ({"unread": ["CloudWatch could not be read: throttled"]}, "CloudWatch could not be read: throttled"),
        (
            {"batches": batches(count=15)},
            "300 own requests would not have shown 5 % of failures (6.2 % would have been caught)",
        ),
        ({"batches": []}, "0 own requests would not have shown 5 % of failures (too few to tell)"),
    ],
)
def test_what_is_missing_waits_and_fails_at_the_deadline_but_never_passes(change: dict[str, Any], words: str) -> None:
    assert judged(**change) == (Verdict.WAIT, f"not enough is known after 420 s: {words}")
    assert judged(**change, elapsed_seconds=600) == (Verdict.FAIL, f"not enough is known after 600 s: {words}")


def test_nine_tenths_of_the_own_requests_in_cloudwatch_are_enough() -> None:
    assert judged(wiring=Wiring(own=1000, counted=900))[0] is Verdict.PASS


def test_a_bake_that_must_detect_nothing_passes_on_nothing() -> None:
    look = replace(LOOK, batches=[], elapsed_seconds=430)

    assert judge(look, policy(bake_must_detect_percent=100)).verdict is Verdict.PASS


def test_at_exactly_the_limit_nothing_is_sure() -> None:
    assert judged(users=[replace(MINUTE, requests=6000, failed=60, timed=6000, slow=300)] * 4)[0] is Verdict.PASS


def test_one_replacement_that_is_still_checked_does_not_count_as_failing() -> None:
    serving = [target(id=f"i-{number}") for number in range(3)]

    assert judged(targets=[*serving, target(State.INITIAL)])[0] is Verdict.PASS
    assert judged(targets=[*serving, target(State.INITIAL), target(State.INITIAL)])[0] is Verdict.FAIL
    assert judged(targets=[target(State.INITIAL)])[0] is Verdict.FAIL


def test_a_target_on_its_way_out_does_not_count() -> None:
    assert judged(targets=[target(), target(State.DRAINING)])[0] is Verdict.PASS


def test_with_a_limit_of_zero_one_failure_fails() -> None:
    strict = policy(max_error_percent=0)

    assert judge(replace(LOOK, batches=batches(bad=1)), strict).verdict is Verdict.FAIL
    assert judge(LOOK, strict).verdict is Verdict.PASS


def test_own_requests_alone_may_be_enough() -> None:
    assert surely_bad(batches(bad=9, count=10), POLICY)
    assert not surely_bad(batches(bad=1, count=10), POLICY)


def test_a_clock_that_jumps_back_costs_no_evidence() -> None:
    jumpy = [Batch(second, 20, 3, 0) for second in (100.0, 101.0, 4.0, 5.0, 6.0)]

    assert surely_bad(jumpy, POLICY)


def test_everything_that_is_wrong_is_told() -> None:
    verdict, reason = judged(objections=["the rule was changed"], targets=[])

    assert verdict is Verdict.FAIL
    assert reason == "the rule was changed; 100 % of the targets fail (allowed 10 %): no target is registered"


def test_everything_that_is_not_known_is_told() -> None:
    gaps = "CloudWatch could not be read; CloudWatch has no period yet that surely holds own requests"

    assert judged(wiring=None, unread=["CloudWatch could not be read"])[1] == (
        f"not enough is known after 420 s: {gaps}"
    )


def test_every_target_that_fails_is_told() -> None:
    sick = [target(State.UNHEALTHY, id=f"i-{number}") for number in (1, 2)]

    assert judged(targets=[*sick, target(id="i-3"), target(id="i-4")])[1] == (
        "50 % of the targets fail (allowed 10 %): i-1:3001 is unhealthy; i-2:3001 is unhealthy"
    )


def test_as_many_failing_targets_as_are_allowed_fail_nothing() -> None:
    serving = [target(id=f"i-{number}") for number in range(9)]

    assert judged(targets=[*serving, target(State.UNHEALTHY, id="i-9")])[0] is Verdict.PASS
