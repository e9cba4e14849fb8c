"""The answers to one volley of own requests, counted into batches while some of them are still out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from traffic_switch.judging.answers import Answer, Kind
from traffic_switch.judging.looks import Batch
from traffic_switch.judging.schedule import Volley


@dataclass
class _Counts:
    """One batch. `is_due`: whoever has not answered yet has been out for longer than an answer may take."""

    second: float
    out: int
    good: int = 0
    failed: int = 0
    slow: int = 0
    is_due: bool = False

    @property
    def is_judged(self) -> bool:
        return self.is_due or not self.out

    def batch(self) -> Batch:
        return Batch(self.second, self.out + self.good + self.failed, self.failed, self.slow + self.out)


class Tally:
    """Counts answers as they come, into the batches of one volley that begin at these seconds after the shift."""

    def __init__(self, volley: Volley, seconds: Sequence[float], slow_ms: float, grace_seconds: float) -> None:
        self._batches = [_Counts(second, volley.size) for second in seconds]
        self._slow_ms, self._grace_seconds = slow_ms, grace_seconds

    def count(self, number: int, answer: Answer, milliseconds: float, second: float) -> str:
        """Count an answer to a request of a batch, sent so many seconds after the shift. Return what to object to.

        Load balancers follow a rule one node after the other. Within the time that the shift itself may take to be
        confirmed, an answer of the other color says nothing; afterwards it says that traffic is not where it should be.
        """
        counts = self._batches[number]
        counts.out -= 1
        if answer.kind in (Kind.GOOD, Kind.FAILED):
            counts.good += answer.kind is Kind.GOOD
            counts.failed += answer.kind is Kind.FAILED
            counts.slow += milliseconds > self._slow_ms
        elif answer.kind is Kind.WRONG or second > self._grace_seconds:
            return f"an own request was answered by {answer.what} {second:.0f} s after the shift"
        return ""

    def mark_due(self, number: int) -> None:
        """Whoever of a batch is still out is slow."""
        self._batches[number].is_due = True

    @property
    def is_complete(self) -> bool:
        """Whether every request has come back."""
        return not any(counts.out for counts in self._batches)

    def judged(self) -> list[Batch]:
        """The batches from the first on that can be judged: a later one never comes before an earlier one."""
        return [counts.batch() for counts in takewhile(lambda counts: counts.is_judged, self._batches)]
