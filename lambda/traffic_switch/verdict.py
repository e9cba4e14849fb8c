"""What a judgment says, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """PASS goes on, FAIL rolls back, WAIT looks again; NOOP finds that nothing is to be done."""

    PASS = "PASS"
    FAIL = "FAIL"
    WAIT = "WAIT"
    NOOP = "NOOP"


@dataclass(frozen=True)
class Judgment:
    """A verdict with the sentence that the person paged will read."""

    verdict: Verdict
    reason: str

    @property
    def final(self) -> bool:
        """Whether looking again would change nothing."""
        return self.verdict is not Verdict.WAIT


def passed(reason: str) -> Judgment:
    """Go on."""
    return Judgment(Verdict.PASS, reason)


def failed(reason: str) -> Judgment:
    """Roll back."""
    return Judgment(Verdict.FAIL, reason)


def wait(reason: str) -> Judgment:
    """Look again: what is known so far decides nothing."""
    return Judgment(Verdict.WAIT, reason)
