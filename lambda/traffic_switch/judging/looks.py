"""What a bake has counted: its own requests in batches, and those of users in CloudWatch's periods.

CloudWatch's metrics of a target group do not tell the bake's own requests from users'. They are subtracted. Where it is
not certain which period one belongs to, users' counts come out better than they are: the version gets the doubt.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

EDGE_SHARE = 1 / 30
"""The part of a period (two seconds of a minute) around whose edges a request may count in either of two periods."""

WIRED_SHARE = 0.9
"""The part of a period's own requests that CloudWatch must have counted, or these are not this color's metrics."""


@dataclass(frozen=True)
class Batch:
    """Own requests that were sent within one batch, `second` seconds after the shift. A failed one may be slow too."""

    second: float
    requests: int
    failed: int
    slow: int

    def as_json(self) -> list[float]:
        """What the state machine carries from look to look."""
        return [round(self.second, 2), self.requests, self.failed, self.slow]

    @classmethod
    def from_json(cls, raw: Sequence[float]) -> Batch:
        """Read it back."""
        return cls(float(raw[0]), int(raw[1]), int(raw[2]), int(raw[3]))


@dataclass(frozen=True)
class Period:
    """One period of CloudWatch, which began at a Unix time.

    `timed` counts the requests whose latency is known. `surely` counts those that are certainly users': with the own
    requests in it, a period does not tell.
    """

    start: float
    requests: int
    failed: int
    timed: int
    slow: int
    surely: int = 0


@dataclass(frozen=True)
class Wiring:
    """How many own requests a period must have seen, and how many requests of anybody it did see."""

    own: int
    counted: int

    @property
    def sound(self) -> bool:
        """Whether these are the metrics of the color that answered the own requests."""
        return self.counted >= WIRED_SHARE * self.own


class OwnCounts:
    """The own requests of all batches by the time at which they were sent."""

    def __init__(self, batches: Iterable[Batch], since: float, batch_seconds: float) -> None:
        ordered = sorted(batches, key=lambda batch: batch.second)
        self._length = batch_seconds
        self._begun = [since + batch.second for batch in ordered]
        self._requests = [0, *accumulate(batch.requests for batch in ordered)]
        self._failed = [0, *accumulate(batch.failed for batch in ordered)]
        self._slow = [0, *accumulate(batch.slow for batch in ordered)]

    @property
    def first(self) -> float:
        """When the first batch began; infinity before it has."""
        return self._begun[0] if self._begun else float("inf")

    def surely_within(self, start: float, end: float) -> int:
        """Requests of the batches that lie between two Unix times as a whole."""
        low = bisect_left(self._begun, start)
        high = bisect_right(self._begun, end - self._length)
        return self._requests[max(low, high)] - self._requests[low]

    def near(self, start: float, end: float) -> Batch:
        """The batches of which any part lies between two Unix times, as one."""
        low, high = bisect_right(self._begun, start - self._length), bisect_left(self._begun, end)
        requests, failed, slow = (sums[high] - sums[low] for sums in (self._requests, self._failed, self._slow))
        return Batch(start, requests, failed, slow)


def users_of(counted: Iterable[Period], own: OwnCounts, period_seconds: float, forgiven: int) -> tuple[Period, ...]:
    """Take the own requests out of CloudWatch's periods.

    `forgiven` is how many requests the shift sent to confirm itself. Their fate is not known here, so that many failed
    and slow ones are forgiven in the periods that began before the first batch.
    """
    return tuple(
        _of_users(period, own, period_seconds, forgiven if period.start < own.first else 0) for period in counted
    )


def _of_users(period: Period, own: OwnCounts, period_seconds: float, forgiven: int) -> Period:
    edge, end = EDGE_SHARE * period_seconds, period.start + period_seconds
    inside = own.surely_within(period.start + edge, end - edge)
    near = own.near(period.start - edge, end + edge)
    requests, timed = max(0, period.requests - inside), max(0, period.timed - inside)
    return Period(
        period.start,
        requests,
        failed=min(requests, max(0, period.failed - near.failed - forgiven)),
        timed=timed,
        slow=min(timed, max(0, period.slow - near.slow - forgiven)),
        surely=max(0, period.requests - near.requests - forgiven),
    )


def wiring_of(counted: Iterable[Period], own: OwnCounts, period_seconds: float) -> Wiring | None:
    """The wiring by the period with the most own requests, which users can hide least; None while none has any."""
    edge = EDGE_SHARE * period_seconds
    seen = [
        Wiring(inside, period.requests)
        for period in counted
        if (inside := own.surely_within(period.start + edge, period.start + period_seconds - edge))
    ]
    return max(seen, key=lambda wiring: wiring.own, default=None)
