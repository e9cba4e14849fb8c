"""Counts drawn at random, exactly, from tables: the standard library has no binomial before Python 3.12."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from random import Random

SPREAD = 9.0
"""Standard deviations to either side of the mean that a table holds; beyond is less than one in 10^18."""


class Table:
    """A distribution over whole numbers from `first` on."""

    def __init__(self, first: int, weights: Iterable[float]) -> None:
        self._first = first
        self._sums = list(accumulate(weights))

    def draw(self, random: Random) -> int:
        """One number."""
        return self._first + bisect_left(self._sums, random.random() * self._sums[-1])


@cache
def binomial(requests: int, rate: float) -> Table:
    """How many of so many are bad."""
    if rate <= 0 or rate >= 1:
        return Table(requests if rate >= 1 else 0, [1.0])
    log_rate, log_rest = math.log(rate), math.log1p(-rate)
    low, high = _range(requests * rate, requests * rate * (1 - rate), requests)
    return Table(
        low,
        [math.exp(_log_ways(requests, k) + k * log_rate + (requests - k) * log_rest) for k in range(low, high + 1)],
    )


@cache
def poisson(mean: float) -> Table:
    """How many come, independently of each other."""
    if mean <= 0:
        return Table(0, [1.0])
    low, high = _range(mean, mean, math.inf)
    return Table(low, [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(low, high + 1)])


def _range(mean: float, variance: float, most: float) -> tuple[int, int]:
    width = SPREAD * math.sqrt(variance) + SPREAD**2
    return max(0, math.floor(mean - width)), int(min(most, math.ceil(mean + width)))


def _log_ways(requests: int, bad: int) -> float:
    return math.lgamma(requests + 1) - math.lgamma(bad + 1) - math.lgamma(requests - bad + 1)
