"""Which errors a Retry or Catch is for, and how long a retry waits (Step Functions guide, "Handling errors")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.errors import HEARTBEAT, TIMEOUT

DEFAULT_ATTEMPTS = 3
DEFAULT_INTERVAL_SECONDS = 1.0
DEFAULT_BACKOFF_RATE = 2.0
BEYOND_RECOVERY = frozenset({"States.Runtime"})
"""What States.ALL and States.TaskFailed leave alone: the definition or its data is wrong, and stays wrong.

The guide says that States.ALL leaves States.DataLimitExceeded alone too. AWS catches it where a task returned too much
(recorded in localstack's test_states_errors.snapshot.json); only a state's own output ends the execution.
"""


def matches(names: Sequence[str], error: str) -> bool:
    """Whether a list of error names covers an error."""
    if error in names:
        return True
    if error == HEARTBEAT:
        return matches(names, TIMEOUT)
    if error in BEYOND_RECOVERY:
        return False
    return "States.ALL" in names or ("States.TaskFailed" in names and error != "States.Timeout")


def delay_seconds(retrier: Mapping[str, Any], attempt: int, draw: Callable[[], float]) -> float:
    """How long to wait before a retry. `attempt` counts the retries before it; `draw` gives a share from 0 to 1."""
    interval = float(retrier.get("IntervalSeconds", DEFAULT_INTERVAL_SECONDS))
    delay = interval * float(retrier.get("BackoffRate", DEFAULT_BACKOFF_RATE)) ** attempt
    delay = min(delay, float(retrier.get("MaxDelaySeconds", delay)))
    return delay * draw() if retrier.get("JitterStrategy") == "FULL" else delay


def find_retrier(
    retriers: Sequence[Mapping[str, Any]], error: str, counts: Mapping[int, int], draw: Callable[[], float]
) -> tuple[dict[str, Any] | None, int]:
    """The retrier for an error and its place, or (None, -1) when there is none or its attempts are used up.

    Its interval is the whole delay already: the interpreter that asks knows neither a longest delay nor jitter.
    """
    for at, retrier in enumerate(retriers):
        if matches(retrier.get("ErrorEquals", ()), error):
            used = counts.get(at, 0)
            if used >= retrier.get("MaxAttempts", DEFAULT_ATTEMPTS):
                break
            return {**retrier, "IntervalSeconds": delay_seconds(retrier, used, draw), "BackoffRate": 1}, at
    return None, -1
