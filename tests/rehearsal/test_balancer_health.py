"""Outcomes of health checks become the states and reasons of Elastic Load Balancing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from greenlight.rehearsal.balancer.health import (
    CHECKING,
    HEALTHY,
    REGISTERING,
    CheckOutcome,
    CheckRecord,
    Failure,
    Health,
    TargetState,
    advance,
    read_outcome,
)
from greenlight.rehearsal.balancer.health_watch import HealthWatch
from greenlight.rehearsal.balancer.snapshot import Endpoint, HealthCheck, Snapshot, TargetGroup
from greenlight.rehearsal.balancer.tail import Tail

CHECK = HealthCheck("/health", 1, 0.5, healthy_count=2, unhealthy_count=3, success_codes="200")
GROUP = "targetgroup/blue/1"
PASS = CheckOutcome(GROUP, "i-1:3000")
REFUSED = CheckOutcome(GROUP, "i-1:3000", Failure.CONNECTION)
SLOW = CheckOutcome(GROUP, "i-1:3000", Failure.TIMEOUT)
CODE_503 = CheckOutcome(GROUP, "i-1:3000", Failure.CODE, 503)
FAILED = Health(TargetState.UNHEALTHY, "Target.FailedHealthChecks", "Health checks failed")


def after(*outcomes: CheckOutcome) -> Health:
    record = CheckRecord()
    for outcome in outcomes:
        record = advance(record, outcome, CHECK)
    return record.health


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], REGISTERING),
        ([PASS], HEALTHY),
        ([REFUSED], CHECKING),
        ([REFUSED, REFUSED], CHECKING),
        ([REFUSED, REFUSED, REFUSED], FAILED),
        ([REFUSED, REFUSED, PASS], HEALTHY),
        ([PASS, REFUSED, REFUSED], HEALTHY),
        ([PASS, REFUSED, REFUSED, PASS, REFUSED, REFUSED], HEALTHY),
        ([PASS, REFUSED, REFUSED, REFUSED], FAILED),
        ([PASS, REFUSED, REFUSED, REFUSED, PASS], FAILED),
        ([PASS, REFUSED, REFUSED, REFUSED, PASS, PASS], HEALTHY),
        ([PASS, REFUSED, REFUSED, REFUSED, PASS, REFUSED, PASS], FAILED),
    ],
)
def test_states_follow_the_thresholds(outcomes: list[CheckOutcome], expected: Health) -> None:
    assert after(*outcomes) == expected


@pytest.mark.parametrize(
    ("outcome", "reason", "description"),
    [
        (CODE_503, "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
        (SLOW, "Target.Timeout", "Request timed out"),
        (REFUSED, "Target.FailedHealthChecks", "Health checks failed"),
    ],
)
def test_the_reason_is_that_of_the_last_failure(outcome: CheckOutcome, reason: str, description: str) -> None:
    assert after(SLOW, REFUSED, CODE_503, outcome) == Health(TargetState.UNHEALTHY, reason, description)


def event(**detail: object) -> str:
    metadata = {"filter_metadata": {"greenlight": {"target": "i-1:3000"}}}
    return json.dumps({"cluster_name": GROUP, "metadata": metadata, **detail})


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        (event(successful_health_check_event={}), PASS),
        (event(health_check_failure_event={"failure_type": "NETWORK", "http_status_code": 0}), REFUSED),
        (event(health_check_failure_event={"failure_type": "NETWORK_TIMEOUT", "http_status_code": 0}), SLOW),
        (event(health_check_failure_event={"failure_type": "ACTIVE", "http_status_code": 503}), CODE_503),
        (event(add_healthy_event={"first_check": True}), None),
        (event(eject_unhealthy_event={"failure_type": "ACTIVE"}), None),
    ],
)
def test_one_check_is_one_outcome(line: str, outcome: CheckOutcome | None) -> None:
    assert read_outcome(line) == outcome


def watched(*keys: tuple[str, int]) -> Snapshot:
    endpoints = tuple(Endpoint(target, port, "127.0.0.1", 1, 1) for target, port in keys)
    return Snapshot((), (TargetGroup(GROUP, CHECK, endpoints),))


def test_a_target_that_comes_back_starts_anew(tmp_path: Path) -> None:
    events = tmp_path / "health.log"
    watch = HealthWatch(Tail(events))
    watch.follow(watched(("i-1", 3000)))
    events.write_text(event(successful_health_check_event={}) + "\n")
    watch.look()
    assert watch.health(GROUP, "i-1:3000") == HEALTHY

    watch.follow(watched())
    watch.follow(watched(("i-1", 3000)))

    assert watch.health(GROUP, "i-1:3000") == REGISTERING


def test_a_line_that_is_still_being_written_waits(tmp_path: Path) -> None:
    path = tmp_path / "log"
    tail = Tail(path)
    path.write_text("one\ntw")
    assert tail.read() == ["one"]

    path.write_text("one\ntwo\n")

    assert tail.read() == ["two"]
