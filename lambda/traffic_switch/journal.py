"""The journal: what each switch did, who holds the lock, and what was live before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from traffic_switch.model import Live, Switch, Weights
from traffic_switch.verdict import Judgment


@dataclass(frozen=True)
class Before:
    """What a switch found when it started: no rule, or its weights; nothing live, or what was."""

    weights: Weights | None
    live: Live | None


@dataclass(frozen=True)
class Answer:
    """The one answer that CloudFormation gets: SUCCESS or FAILED, with the reason that its user reads."""

    status: str
    reason: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One switch as the journal knows it. Times are Unix seconds; `request` is what CloudFormation sent, if it asked.

    `before` is None until preflight has looked, and then never changes.
    """

    switch: Switch
    started_at: float
    before: Before | None = None
    shifted_at: float | None = None
    outcome: str = ""
    reason: str = ""
    abort: str = ""
    answer: Answer | None = None
    request: Mapping[str, Any] | None = None


class Journal(Protocol):
    """Every write is conditional or idempotent: a handler that runs twice leaves what it left the first time."""

    def open(self, switch: Switch, request: Mapping[str, Any], at: float) -> None:
        """Record that a switch was asked for, and by whom."""

    def record(self, switch_id: str) -> Record | None:
        """What is known of one switch."""

    def last_request(self, service: str) -> str:
        """The id of the newest release that was asked for, or an empty string."""

    def lock(self, switch: Switch, reason: str, now: float, deadline: float) -> None:
        """Take the service's lock; a switch that undoes another one takes it over from that one.

        Raises:
            LockHeldError: another switch holds it and its deadline has not passed.
        """

    def require_lock(self, switch: Switch) -> None:
        """Raise LockLostError unless this switch holds the lock."""

    def unlock(self, switch: Switch) -> None:
        """Free the lock if this switch holds it."""

    def live(self, service: str) -> Live | None:
        """What is remembered as live."""

    def remember_live(self, service: str, live: Live | None) -> None:
        """Replace what is live; None when the service has no production rule any more."""

    def remember_before(self, switch_id: str, before: Before) -> Before:
        """Keep what the switch found, the first time only; return what is kept."""

    def mark_shift(self, switch_id: str, at: float) -> None:
        """Remember when the weights were first written, in Unix seconds."""

    def begin(self, switch_id: str, phase: str, at: float) -> None:
        """Remember when a phase began, the first time only; a phase that was never begun begins with its first note."""

    def note(self, switch_id: str, phase: str, look: int, judgment: Judgment, at: float) -> None:
        """Add one judgment to the switch's trace."""

    def close(self, switch_id: str, outcome: str, reason: str) -> None:
        """Record how the switch ended."""

    def keep_evidence(self, switch_id: str, evidence: str) -> None:
        """Keep what was seen when the switch failed, as JSON."""

    def decide_answer(self, switch_id: str, answer: Answer) -> Answer:
        """Fix the answer to CloudFormation, the first time only; return the one that is fixed."""

    def forget_request(self, switch_id: str) -> None:
        """Drop the ResponseURL once it has been answered: it is a secret."""
