"""The four questions of a bake: did too many fail, were too many slow, of its own requests and of users'."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from traffic_switch.config import Policy
from traffic_switch.judging.detectable import NOTHING, OWN_START, detectable, detectable_by_periods
from traffic_switch.judging.evidence import Evidence, Wager
from traffic_switch.judging.looks import Batch, Period

SLOW_LIMIT = 0.05
"""The share of requests that may take longer than `max_p95_ms`: that is what a 95th percentile says."""

OWN, USERS = "own requests", "users' requests"


@dataclass(frozen=True)
class Seen:
    """One look of one witness: so many requests, so many of them bad, so much of the bake since the look before."""

    requests: int
    bad: int
    share_of_bake: float = 0.0


@dataclass(frozen=True)
class Question:
    """What is asked, and the limit as a share of requests."""

    limit: float
    verb: str
    own_bad: Callable[[Batch], int]
    users: Callable[[Period], tuple[int, int]]


@dataclass(frozen=True)
class Finding:
    """What one witness has to say to one question.

    `recent` counts requests and bad ones since the evidence was lowest: late trouble may hide in the whole.
    """

    witness: str
    question: Question
    requests: int
    bad: int
    is_sure: bool
    recent: tuple[int, int] = (0, 0)

    @property
    def complaint(self) -> str:
        """The sentence for the person paged; empty while nothing is sure."""
        if not self.is_sure:
            return ""
        requests, bad = (self.requests, self.bad) if self._is_over(self.requests, self.bad) else self.recent
        which = "" if requests == self.requests else "latest "
        counted = f"{bad:,} of {requests:,} {which}{self.witness} {self.question.verb}"
        return f"{counted}: {100 * bad / max(1, requests):.1f} %, allowed {100 * self.question.limit:g} %"

    def _is_over(self, requests: int, bad: int) -> bool:
        return bad > self.question.limit * requests


def questions(policy: Policy) -> tuple[Question, Question]:
    """Both questions, with the limits that the settings gave."""
    return (
        Question(
            policy.max_error_percent / 100,
            "failed",
            own_bad=lambda batch: batch.failed,
            users=lambda period: (period.requests, period.failed),
        ),
        Question(
            SLOW_LIMIT,
            f"took longer than {policy.max_p95_ms:g} ms",
            own_bad=lambda batch: batch.slow,
            users=lambda period: (period.timed, period.slow),
        ),
    )


def own_wager(limit: float, policy: Policy) -> Wager:
    """Half of the capital is bet at once, half over the bake. More looks are asked for than a blip can spoil."""
    look_share = policy.bake_batch_seconds / _whole_bake(policy)
    return _wager(limit, policy.bake_blip_seconds, policy.bake_batch_seconds, OWN_START, look_share)


def users_wager(limit: float, policy: Policy) -> Wager:
    """All capital is bet at once: there are few periods."""
    return _wager(limit, policy.bake_blip_seconds, policy.metric_period_seconds, 1.0)


def _wager(limit: float, blip_seconds: float, look_seconds: float, start: float, look_share: float = 0.0) -> Wager:
    share = blip_seconds / look_seconds
    return Wager(limit, math.ceil(share) + 1, share, start, look_share)


def own_findings(batches: Sequence[Batch], policy: Policy) -> list[Finding]:
    """What the bake's own requests have to say."""
    shares = shares_of_bake([batch.second for batch in batches], policy)
    return [
        _finding(
            OWN,
            question,
            own_wager(question.limit, policy),
            [Seen(b.requests, question.own_bad(b), share) for b, share in zip(batches, shares, strict=True)],
        )
        for question in questions(policy)
    ]


def users_findings(periods: Iterable[Period], policy: Policy) -> list[Finding]:
    """What users' requests have to say."""
    known = list(periods)
    return [
        _finding(
            USERS,
            question,
            users_wager(question.limit, policy),
            [Seen(*question.users(period)) for period in known],
        )
        for question in questions(policy)
    ]


def shares_of_bake(seconds: Sequence[float], policy: Policy) -> list[float]:
    """The part of the bake that passed since the batch before. A clock that jumps back adds nothing."""
    whole = _whole_bake(policy)
    before = [seconds[0] - policy.bake_batch_seconds, *seconds[:-1]] if seconds else []
    return [max(0.0, now - last) / whole for now, last in zip(seconds, before, strict=True)]


def _whole_bake(policy: Policy) -> float:
    return max(policy.bake_seconds, policy.bake_batch_seconds)


def _finding(witness: str, question: Question, wager: Wager, looks: Sequence[Seen]) -> Finding:
    """Bet through all looks until the evidence is enough, and remember where it was lowest: trouble began there."""
    evidence, lowest, low_at, is_sure = Evidence(wager), math.inf, 0, False
    for at, look in enumerate(looks if any(look.bad for look in looks) else ()):
        if (log := evidence.log()) <= lowest:
            lowest, low_at = log, at
        evidence.see(look.requests, look.bad, look.share_of_bake)
        if evidence.enough:
            is_sure = True
            break
    recent = looks[low_at:]
    return Finding(
        witness,
        question,
        requests=sum(look.requests for look in looks),
        bad=sum(look.bad for look in looks),
        is_sure=is_sure,
        recent=(sum(look.requests for look in recent), sum(look.bad for look in recent)),
    )


def own_detectable(batches: Iterable[Batch], policy: Policy) -> float:
    """The smallest rate of failures that the own requests so far would have shown."""
    return detectable(sum(batch.requests for batch in batches), policy.max_error_percent / 100)


def users_detectable(periods: Iterable[Period], policy: Policy) -> float:
    """The smallest rate of failures that users' requests so far would have shown."""
    wager = users_wager(policy.max_error_percent / 100, policy)
    return detectable_by_periods([period.surely for period in periods], wager)


def claimed(rate: float) -> str:
    """In words, what a witness would have caught."""
    return "too few to tell" if rate >= NOTHING else f"{100 * rate:.1f} % would have been caught"
