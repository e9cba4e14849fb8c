"""What a judgment says, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """PASS goes on, FAIL rolls back, WAIT looks again, NOOP finds that nothing is to be done.

    LOST: the switch may not write any more, since another one ended it; what was decided for it is answered.
    """

    PASS = "PASS"
    FAIL = "FAIL"
    WAIT = "WAIT"
    NOOP = "NOOP"
    LOST = "LOST"


@dataclass(frozen=True)
class Judgment:
    """A verdict with the sentence that the person paged will read."""

    verdict: Verdict
    reason: str

    @property
    def final(self) -> bool:
        """Whether looking again would change nothing."""
        return self.verdict is not Verdict.WAIT

    @property
    def good(self) -> bool:
        """Whether it says PASS."""
        return self.verdict is Verdict.PASS


def passed(reason: str) -> Judgment:
    """Go on."""
    return Judgment(Verdict.PASS, reason)


def failed(reason: str) -> Judgment:
    """Roll back."""
    return Judgment(Verdict.FAIL, reason)


def wait(reason: str) -> Judgment:
    """Look again: what is known so far decides nothing."""
    return Judgment(Verdict.WAIT, reason)
