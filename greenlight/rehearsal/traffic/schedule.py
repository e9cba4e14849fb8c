"""When requests are due: at a constant rate, whatever becomes of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Schedule:
    """Due times on one clock, `1 / rate` seconds apart from `started_at` on.

    The load is open-loop: a request is due whether or not earlier ones were answered, and its latency counts from then.
    A slow service therefore cannot slow the questions down and so hide its own slowness (Gil Tene's coordinated
    omission; his wrk2 measures the same way, as its README explains).
    """

    started_at: float
    rate: float
    offered: int = 0

    @property
    def next_due(self) -> float:
        """When the next request is due. Computed from the count, so that rounding never adds up to a drift."""
        return self.started_at + self.offered / self.rate

    def take_due(self, now: float) -> list[float]:
        """Return the due times that have come, each once, oldest first."""
        due = []
        while self.next_due <= now:
            due.append(self.next_due)
            self.offered += 1
        return due
