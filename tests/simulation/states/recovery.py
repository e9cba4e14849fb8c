"""Retry and Catch: which errors they are for, and how long a retry waits (Step Functions guide, "Handling errors")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulation.states.errors import RUNTIME, TIMEOUT
from tests.simulation.states.templates import Fill, Place, template

BEYOND_RECOVERY = frozenset({RUNTIME})
"""What neither States.ALL nor States.TaskFailed covers."""


@dataclass(frozen=True)
class Retrier:
    """One rule of Retry. Intervals are in seconds."""

    errors: frozenset[str]
    interval: float
    rate: float
    attempts: int
    longest: float
    jitter: bool

    def delay(self, used: int, draw: Callable[[], float]) -> float:
        """How long to wait before the next attempt, after `used` retries by this rule. `draw` gives 0 to 1."""
        seconds = min(self.interval * self.rate**used, self.longest)
        return seconds * draw() if self.jitter else seconds


@dataclass(frozen=True)
class Catcher:
    """One rule of Catch."""

    errors: frozenset[str]
    target: str
    output: Fill
    assign: Mapping[str, Fill]


def covers(errors: frozenset[str], error: str) -> bool:
    """Whether a list of error names covers an error."""
    if error in errors:
        return True
    if error in BEYOND_RECOVERY:
        return False
    return "States.ALL" in errors or ("States.TaskFailed" in errors and error != TIMEOUT)


def retrier(rule: Mapping[str, Any]) -> Retrier:
    """Read a rule of Retry, with AWS's defaults."""
    return Retrier(
        errors=frozenset(rule["ErrorEquals"]),
        interval=float(rule.get("IntervalSeconds", 1)),
        rate=float(rule.get("BackoffRate", 2.0)),
        attempts=int(rule.get("MaxAttempts", 3)),
        longest=float(rule.get("MaxDelaySeconds", float("inf"))),
        jitter=rule.get("JitterStrategy") == "FULL",
    )


def catcher(rule: Mapping[str, Any], place: Place) -> Catcher:
    """Compile a rule of Catch. Without Output the error goes on as the state's output."""
    return Catcher(
        errors=frozenset(rule["ErrorEquals"]),
        target=rule["Next"],
        output=template(rule.get("Output", "{% $states.errorOutput %}"), place),
        assign={name: template(value, place) for name, value in rule.get("Assign", {}).items()},
    )


def next_attempt(retriers: Sequence[Retrier], error: str, used: list[int], draw: Callable[[], float]) -> float | None:
    """The wait before another attempt; None when there is none. The first rule that covers the error decides."""
    for at, rule in enumerate(retriers):
        if covers(rule.errors, error):
            if used[at] >= rule.attempts:
                return None
            used[at] += 1
            return rule.delay(used[at] - 1, draw)
    return None


def handler(catchers: Sequence[Catcher], error: str) -> Catcher | None:
    """The first rule of Catch that covers an error."""
    return next((rule for rule in catchers if covers(rule.errors, error)), None)
