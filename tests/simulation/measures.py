"""What the load balancer counts of one target group in a span of time, from its users and from probes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tests.simulation.elbv2.service import Elbv2
from tests.simulation.traffic import App, Behavior, Traffic


@dataclass
class Measures:
    """Requests by outcome, and their latencies as (seconds, how many)."""

    requests: float = 0.0
    statuses: dict[int, float] = field(default_factory=dict)
    refused: float = 0.0
    latencies: dict[float, float] = field(default_factory=dict)

    def add(self, count: float, status: int, seconds: float) -> None:
        """Count requests that had one outcome. Status 0 means that the target refused the connection."""
        self.requests += count
        if status == 0:
            self.refused += count
            return
        self.statuses[status] = self.statuses.get(status, 0.0) + count
        self.latencies[seconds] = self.latencies.get(seconds, 0.0) + count

    def of_class(self, hundred: int) -> float:
        """Answers with a status from 200 to 299, and so on."""
        return sum(count for status, count in self.statuses.items() if status // 100 == hundred)

    def answered(self) -> float:
        """Requests that the target has answered: those that have a latency."""
        return sum(self.latencies.values())

    def percentile(self, percent: float) -> float:
        """The latency in seconds that this percentage of the answers stays within."""
        wanted, seen = self.answered() * percent / 100, 0.0
        for seconds, count in sorted(self.latencies.items()):
            seen += count
            if seen >= wanted - 1e-9:
                return seconds
        return 0.0

    def rank(self, low: float, high: float) -> float:
        """The percentage of answers between two latencies, both bounds included."""
        within = sum(count for seconds, count in self.latencies.items() if low <= seconds <= high)
        return 100 * within / self.answered()


def measure(traffic: Traffic, elbv2: Elbv2, group: str, since: float, until: float) -> Measures:
    """Everything that one target group was asked between two virtual times."""
    found, app = Measures(), traffic.apps[group]
    for status, seconds in app_probes(app, since, until):
        found.add(1, status, seconds)
    for users in traffic.users:
        ways = [users.listener, *filter(None, [traffic.redirects.get(users.listener)])]
        followed = [turn for arn in ways for turn in elbv2.listeners[arn].effective.turns(since, until)]
        turns = sorted({*app.behavior.turns(since, until), *followed})
        for start, end in pairwise([since, *turns, until]):
            share = traffic.shares(users.listener, users.path, start).get(group, 0.0)
            if share:
                _count(found, app.behavior.at(start), users.rate * share * (end - start))
    return found


def app_probes(app: App, since: float, until: float) -> Iterator[tuple[int, float]]:
    """Status and seconds of each probe between two times."""
    start = bisect_left(app.probes, (since,))
    for at, status, seconds in app.probes[start:]:
        if at >= until:
            return
        yield status, seconds


def _count(found: Measures, behavior: Behavior, count: float) -> None:
    """Expected counts: a user's luck is no part of a scenario, so that the same scenario gives the same figures."""
    if not behavior.up:
        found.add(count, 0, 0.0)
        return
    slow = count * behavior.slow
    failing = behavior.fails
    for share, seconds in ((count - slow, behavior.seconds), (slow, behavior.slow_seconds)):
        if share:
            found.add(share * (1 - failing), behavior.status, seconds)
            if failing:
                found.add(share * failing, 500, seconds)
