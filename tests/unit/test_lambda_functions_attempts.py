"""When an asynchronous invocation is tried again, and when it is given up (Lambda guide, asynchronous invocation)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from greenlight.rehearsal.cloud.lambda_functions.attempts import Rules, attempt

FAILED = {"error": True, "body": {"errorType": "KeyError"}}
THROTTLED = {"error": True, "throttle": True}
WORKED = {"body": None}


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0
        self.began: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    def running(self, *outcomes: dict[str, Any]) -> Callable[[], dict[str, Any]]:
        """A function with these outcomes, the last one for ever; it notes when it began."""
        left = list(outcomes)

        def run() -> dict[str, Any]:
            self.began.append(self.at)
            return left.pop(0) if len(left) > 1 else left[0]

        return run


def tried(clock: Clock, *outcomes: dict[str, Any], retries: int = 2, age: float = 21_600) -> tuple[int, str]:
    run = clock.running(*outcomes)
    ended = attempt(run, Rules(retries, age, ""), 60, lambda: clock.at, clock.sleep)
    return ended.attempts, ended.why


def test_a_failure_is_tried_again_after_one_minute_and_after_two_more() -> None:
    clock = Clock()

    assert tried(clock, FAILED) == (3, "RetriesExhausted")
    assert clock.began == [0, 60, 180]


def test_what_works_is_not_tried_again() -> None:
    assert tried(Clock(), FAILED, WORKED) == (2, "")


def test_a_throttled_try_is_no_try() -> None:
    clock = Clock()

    assert tried(clock, THROTTLED, THROTTLED, FAILED, retries=0) == (1, "RetriesExhausted")
    assert clock.began == [0, 1, 2]


def test_an_event_that_gets_too_old_is_given_up_when_it_does() -> None:
    clock = Clock()

    assert tried(clock, FAILED, age=100) == (2, "EventAgeExceeded")
    assert clock.at == 100


def test_the_rules_of_the_unpublished_version_come_from_the_template() -> None:
    config = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 240}
    failures = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:failures"}}}

    rules = Rules.of({"event_invoke_configs": {"$LATEST": config | failures}})

    assert rules == Rules(0, 240, "arn:aws:sqs:us-east-1:1:failures")
