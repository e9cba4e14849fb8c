"""What goes wrong, and where: at one numbered call, at the n-th call of one kind, or for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What can happen to a call."""

    THROTTLED = "throttled"
    DENIED = "denied"
    FAILED = "failed with 500"
    UNREACHABLE = "no connection"
    LOST_REQUEST = "timed out before it took effect"
    LOST_REPLY = "timed out after it took effect"
    RESET = "connection closed after it took effect"
    SLOW = "slow"
    CONFLICT = "in conflict with another transaction"
    STALE = "shown late"
    TWICE = "delivered twice"
    KILLED_BEFORE = "the function died before the call"
    KILLED_AFTER = "the function died after the call"


@dataclass(frozen=True)
class Fault:
    """One fault. It meets every attempt that the SDK makes of the call, or the first `attempts` of them.

    `seconds` is for SLOW: the effect comes so long after the request. A caller whose read timeout is shorter has
    given up by then, which makes it a write that lands when nobody expects it any more. For STALE, a read of the
    load balancer's rules, it says how old the state is that is shown. TWICE is for asynchronous invocations.
    """

    kind: Kind
    seconds: float = 0.0
    attempts: int | None = None

    def meets(self, attempt: int) -> bool:
        """Whether it meets the n-th attempt, from 1, of the call that it is for."""
        return self.attempts is None or attempt <= self.attempts

    def __str__(self) -> str:
        return f"{self.kind} by {self.seconds:g} s" if self.seconds else self.kind.value


@dataclass(frozen=True)
class Outage:
    """A service that is away for a while: every call to it fails, from `since` to `until` in virtual seconds."""

    service: str
    since: float
    until: float
    kind: Kind = Kind.FAILED


@dataclass
class Faults:
    """The faults of one scenario.

    `numbered`: by the number of the call in the scenario, from 1. `addressed`: by (actor, "service.Operation", which
    of them, from 1). What has really been met is in `met`: a plan that meets nothing is no scenario of its own.
    """

    numbered: dict[int, Fault] = field(default_factory=dict)
    addressed: dict[tuple[str, str, int], Fault] = field(default_factory=dict)
    outages: list[Outage] = field(default_factory=list)
    met: list[tuple[int, str, str, Fault]] = field(default_factory=list)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def planned(self, number: int, actor: str, call: str) -> Fault | None:
        """The fault of this call, if the plan has one. Every call has to be asked about exactly once."""
        if not self.addressed:
            return self.numbered.get(number)
        occurrence = self._seen.get((actor, call), 0) + 1
        self._seen[actor, call] = occurrence
        return self.numbered.get(number) or self.addressed.get((actor, call, occurrence))

    def outage(self, call: str, now: float) -> Fault | None:
        """What an outage of the called service does to one attempt."""
        for outage in self.outages:
            if outage.since <= now < outage.until and call.startswith(outage.service + "."):
                return Fault(outage.kind)
        return None
