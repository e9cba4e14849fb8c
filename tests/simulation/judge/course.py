"""The course of one bake in virtual time: the schedule, the evidence and the counting of users that ship.

What is not there is the sending itself. tests/unit/test_bake_handler.py and test_judge_course.py hold the handler
against this course.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from traffic_switch.config import Policy
from traffic_switch.judging.evidence import Evidence, Wager
from traffic_switch.judging.findings import shares_of_bake
from traffic_switch.judging.looks import Batch, OwnCounts, Period, users_of
from traffic_switch.judging.schedule import Volley, next_volley, pause_seconds

from tests.simulation.judge.chance import binomial, poisson

FIRST_SECOND = 3.0
"""When the first own request leaves after the shift: the front door is confirmed, the state machine pauses a second."""

START_SECONDS = 0.5
"""What a run of the function takes besides what it sends."""

ANSWER_SECONDS = 0.05

NEVER = math.inf

Draw = Callable[[float, int], tuple[int, int]]
"""How many of so many requests fail and how many are slow, in a batch that begins at a second since the shift."""


@dataclass(frozen=True)
class OwnCourse:
    """What the own requests of one bake saw. `found` is when the evidence was enough, `looks` when each run ended."""

    found: float
    looks: tuple[float, ...]
    batches: tuple[Batch, ...]

    @property
    def sent(self) -> int:
        """Own requests of the whole bake."""
        return sum(batch.requests for batch in self.batches)


def own_course(policy: Policy, wager: Wager, draw: Draw) -> OwnCourse:
    """Let a bake run until its own requests are enough or its time is over."""
    evidence, batches, looks = Evidence(wager), list[Batch](), list[float]()
    now = FIRST_SECOND
    while True:
        started = now
        for batch in _run(policy, batches, started, draw):
            batches.append(batch)
            bad = batch.failed + batch.slow
            evidence.see(batch.requests, bad, shares_of_bake([b.second for b in batches[-2:]], policy)[-1])
            now = batch.second + policy.bake_batch_seconds
            if bad and evidence.enough:
                return OwnCourse(now + ANSWER_SECONDS, (*looks, now), tuple(batches))
        looks.append(now)
        if now >= policy.bake_seconds:
            return OwnCourse(NEVER, tuple(looks), tuple(batches))
        now += pause_seconds(policy, batches, started, now) + START_SECONDS


def _run(policy: Policy, batches: Sequence[Batch], started: float, draw: Draw) -> Iterator[Batch]:
    """What one run of the function sends."""
    sent, now = list[Volley](), started
    while volley := next_volley(policy, batches, now, now - started, sent):
        sent.append(volley)
        for _ in range(volley.batches):
            yield Batch(now, volley.size, *draw(now, volley.size))
            now += policy.bake_batch_seconds


def failing(random: Random, rate: float) -> Draw:
    """Every request fails with the same probability."""
    return lambda _second, size: (binomial(size, rate).draw(random), 0)


def slowed(random: Random, rate: float) -> Draw:
    """Every request is slow with the same probability."""
    return lambda _second, size: (0, binomial(size, rate).draw(random))


@dataclass(frozen=True)
class Metrics:
    """What CloudWatch will count of the color in the periods of one bake, own requests included."""

    since: float
    periods: tuple[Period, ...]


def metrics(policy: Policy, own: OwnCourse, traffic: float, rate: float, random: Random, slow: bool = False) -> Metrics:
    """The shift comes at a random second of a period; users come at random, `traffic` of them a second. Those who fare
    badly fail or, if the scene is about that, are answered slowly.
    """
    length = policy.metric_period_seconds
    since = float(random.randrange(length))
    starts = [float(start) for start in range(0, int(since + policy.bake_seconds) - length + 1, length)]
    return Metrics(since, tuple(_period(policy, start, since, own, traffic, rate, random, slow) for start in starts))


def _period(
    policy: Policy, start: float, since: float, own: OwnCourse, traffic: float, rate: float, random: Random, slow: bool
) -> Period:
    """What the shift asked to confirm itself is counted too; it goes well here."""
    end, confirmed = start + policy.metric_period_seconds, policy.confirm_answers if start <= since else 0
    expected = traffic * (end - max(start, since))
    bad, good = poisson(expected * rate).draw(random), poisson(expected * (1 - rate)).draw(random)
    mine = [batch for batch in own.batches if start <= since + batch.second < end]
    requests = bad + good + sum(batch.requests for batch in mine) + confirmed
    bad += sum(batch.failed + batch.slow for batch in mine)
    return Period(start, requests, 0 if slow else bad, requests, bad if slow else 0)


def users_found(policy: Policy, wager: Wager, own: OwnCourse, seen: Metrics) -> float:
    """When a look finds the evidence of users' requests enough."""
    counts = OwnCounts(own.batches, seen.since, policy.bake_batch_seconds)
    evidence = Evidence(wager)
    for period in users_of(seen.periods, counts, policy.metric_period_seconds, forgiven=policy.confirm_answers):
        bad = period.failed + period.slow
        evidence.see(period.requests, bad)
        if bad and evidence.enough:
            return _first_look(policy, own, seen, period, policy.metric_lag_seconds)
    return NEVER


def _first_look(policy: Policy, own: OwnCourse, seen: Metrics, period: Period, lag: float) -> float:
    readable = period.start + policy.metric_period_seconds - seen.since + lag
    return next((look for look in own.looks if look >= readable), NEVER)


ALARM_SECONDS = 60
"""How long after a period an alarm on it has gone off: an assumption. CloudWatch evaluates alarms once a minute."""


def alarm_found(policy: Policy, own: OwnCourse, seen: Metrics, is_beyond: Callable[[int, int], bool]) -> float:
    """When a look finds the color's alarm gone off: two of three periods beyond its threshold."""
    beyond = [is_beyond(period.requests, period.failed + period.slow) for period in seen.periods]
    for at, period in enumerate(seen.periods):
        if beyond[at] and any(beyond[max(0, at - 2) : at]):
            return _first_look(policy, own, seen, period, ALARM_SECONDS)
    return NEVER
