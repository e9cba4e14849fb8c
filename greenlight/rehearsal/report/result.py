"""The results of a rehearsal. The names of the fields are the keys of report.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from greenlight.rehearsal.report.timeline import Timeline
from greenlight.rehearsal.traffic.analysis import Latency


class ActVerdict(StrEnum):
    """Whether what an act claims was seen."""

    PASS = "pass"
    FAIL = "fail"


@dataclass(frozen=True)
class Phase:
    """A phase of a switch, from `at` (Unix seconds) until the next one begins."""

    name: str
    at: float
    detail: str = ""


@dataclass(frozen=True)
class ActResult:
    """One act. A figure that the act does not have is None."""

    name: str
    claim: str
    verdict: ActVerdict
    seconds: float
    requests: int | None = None
    failed_requests: int | None = None
    shift_seconds: float | None = None
    """From the state machine's write of the rule to the first moment after which every answer was the new color's."""
    rollback_seconds: float | None = None
    """From the first bad answer that a user got to the moment after which none did."""
    stack_status: str | None = None
    live_before: str | None = None
    live_after: str | None = None
    requests_per_second: float | None = None
    """Good answers per second. What was asked is `offered_rate`."""
    latency_ms: Latency | None = None
    """From the moment when each request was due."""
    log: str | None = None
    """Where the act's log is."""

    reason: str = ""
    """Why the act failed, in one sentence; or what it found, when it passed."""
    offered_rate: float | None = None
    """Requests due per second."""
    idle_answers: int | None = None
    """Requests of users that a color answered which was not to have any."""
    answers: Mapping[str, int] = field(default_factory=dict)
    """Answers by color."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Failed requests by kind."""
    phases: tuple[Phase, ...] = ()
    timeline: Timeline | None = None

    @property
    def p95_ms(self) -> float | None:
        """The latency that 95 of 100 requests did not exceed."""
        return self.latency_ms.p95 if self.latency_ms else None

    @property
    def passed(self) -> bool:
        """Whether the claim was borne out."""
        return self.verdict is ActVerdict.PASS


@dataclass(frozen=True)
class RehearsalReport:
    """A whole rehearsal. It passes when it has acts and all of them pass: one without acts has proven nothing."""

    compute: str
    wall_seconds: float
    acts: tuple[ActResult, ...]
    started_at: float | None = None
    """Unix seconds."""
    notes: tuple[str, ...] = ()
    """In what this rehearsal was less like AWS than another machine could make it."""

    @property
    def verdict(self) -> ActVerdict:
        """The verdict of the whole."""
        return ActVerdict.PASS if self.acts and all(act.passed for act in self.acts) else ActVerdict.FAIL

    @property
    def requests(self) -> int:
        """Requests of all acts."""
        return sum(act.requests or 0 for act in self.acts)

    @property
    def failed_requests(self) -> int:
        """Failed requests of all acts, of which some are claimed to fail."""
        return sum(act.failed_requests or 0 for act in self.acts)
