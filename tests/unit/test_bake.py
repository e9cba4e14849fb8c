from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch import bake
from traffic_switch.bake import Look, Sample
from traffic_switch.handlers.bake import p95
from traffic_switch.model import Alarm, State
from traffic_switch.verdict import Verdict

from tests.unit.switch_world import POLICY, target

GOOD_PROBES = Sample("own requests", 400, 0, 20.0)
GOOD_METRICS = Sample("CloudWatch", 60_000, 0, 20.0)
LOOK = Look(300, [target()], [Alarm("green-errors", "OK")], GOOD_PROBES, GOOD_METRICS)


def test_a_good_color_passes_at_the_end() -> None:
    assert bake.judge(LOOK, POLICY).verdict is Verdict.PASS


def test_before_the_end_a_good_color_waits() -> None:
    assert bake.judge(replace(LOOK, elapsed_seconds=299), POLICY).verdict is Verdict.WAIT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"metrics": Sample("CloudWatch", 1000, 50, 20.0)}, "50 of 1000 requests failed by CloudWatch: 5.0 %"),
        ({"metrics": Sample("CloudWatch", 1000, 0, 900.0)}, "P95 latency by CloudWatch is 900 ms, allowed 500 ms"),
        ({"probes": Sample("own requests", 400, 40, 20.0)}, "by own requests: 10.0 %"),
        ({"targets": [target(State.UNHEALTHY)]}, "100 % of the targets fail"),
        ({"targets": []}, "no target is registered"),
        ({"alarms": [Alarm("green-errors", "ALARM")]}, "green-errors is in state ALARM"),
        ({"abort": "asked by ann"}, "the operator aborted it: asked by ann"),
    ],
)
def test_each_complaint_fails_at_once(change: dict[str, object], words: str) -> None:
    judgment = bake.judge(replace(LOOK, elapsed_seconds=15, **change), POLICY)  # type: ignore[arg-type]

    assert judgment.verdict is Verdict.FAIL
    assert words in judgment.reason


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": None},
        {"metrics": Sample("CloudWatch", 99, 0, 20.0)},
        {"alarms": [Alarm("green-errors", "MISSING")]},
        {"alarms": [Alarm("green-errors", "INSUFFICIENT_DATA")]},
    ],
)
def test_what_is_missing_waits_and_fails_at_the_deadline_but_never_passes(change: dict[str, object]) -> None:
    look = replace(LOOK, **change)  # type: ignore[arg-type]

    assert bake.judge(look, POLICY).verdict is Verdict.WAIT
    assert bake.judge(replace(look, elapsed_seconds=600), POLICY).verdict is Verdict.FAIL


def test_one_failure_of_few_requests_proves_nothing() -> None:
    look = replace(LOOK, elapsed_seconds=15, probes=Sample("own requests", 20, 1, 20.0), metrics=None)

    assert bake.judge(look, POLICY).verdict is Verdict.WAIT


def test_many_failures_of_few_requests_are_a_clear_case() -> None:
    look = replace(LOOK, elapsed_seconds=15, probes=Sample("own requests", 20, 10, 20.0), metrics=None)

    assert bake.judge(look, POLICY).verdict is Verdict.FAIL


def test_a_percentile_of_few_samples_is_not_judged() -> None:
    look = replace(LOOK, elapsed_seconds=15, metrics=Sample("CloudWatch", 199, 0, 900.0))

    assert bake.judge(look, POLICY).verdict is Verdict.WAIT


def test_exactly_the_allowed_error_rate_is_allowed() -> None:
    assert bake.judge(replace(LOOK, metrics=Sample("CloudWatch", 1000, 10, 20.0)), POLICY).verdict is Verdict.PASS


def test_p95_is_the_nearest_rank() -> None:
    assert p95([float(n) for n in range(1, 101)]) == 95
    assert p95([]) is None
