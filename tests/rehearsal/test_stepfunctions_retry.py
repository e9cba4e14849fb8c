"""Which errors are retried or caught, and after how long."""

from __future__ import annotations

import pytest

from greenlight.rehearsal.cloud.stepfunctions.retry import delay_seconds, find_retrier, matches


@pytest.mark.parametrize(
    ("names", "error", "expected"),
    [
        (["States.ALL"], "GateClosedError", True),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.Runtime", False),
        (["States.ALL"], "States.DataLimitExceeded", True),
        (["States.TaskFailed"], "Lambda.Unknown", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.HeartbeatTimeout"], "States.HeartbeatTimeout", True),
        (["States.Timeout"], "States.HeartbeatTimeout", True),
        (["States.TaskFailed"], "States.HeartbeatTimeout", False),
        (["States.HeartbeatTimeout"], "States.Timeout", False),
        (["GateClosedError"], "GateClosedError", True),
        (["GateClosedError"], "OtherError", False),
    ],
)
def test_a_list_of_names_covers_an_error(names: list[str], error: str, expected: bool) -> None:
    assert matches(names, error) is expected


def test_the_delay_grows_up_to_its_longest() -> None:
    retrier = {"IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 10}

    assert [delay_seconds(retrier, attempt, lambda: 0.5) for attempt in range(3)] == [2, 6, 10]


def test_full_jitter_takes_a_share_of_the_delay() -> None:
    assert delay_seconds({"IntervalSeconds": 8, "JitterStrategy": "FULL"}, 0, lambda: 0.25) == 2


def test_the_first_retrier_for_an_error_decides_alone() -> None:
    retriers = [{"ErrorEquals": ["E"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 9}]

    assert find_retrier(retriers, "E", {}, lambda: 0)[1] == 0
    assert find_retrier(retriers, "E", {0: 1}, lambda: 0) == (None, -1)
    assert find_retrier(retriers, "F", {0: 1}, lambda: 0)[1] == 1
