"""What a bake would have caught: the smallest rate of bad requests that its numbers of requests would have shown.

A bake that passes on few requests has proved little. It says how little.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

from traffic_switch.judging.evidence import LOG_ENOUGH, Bet, Wager, bets, ceilings, log_sum, pace

OWN_START = 0.5
"""The part of the capital that the bake's own requests bet at once."""

POWER = 0.95
"""How often a rate must be caught to be called detectable."""

FEWEST = 200
"""Own requests below which nothing is claimed: they are too few looks, of which none may decide alone."""

MOST = 800_000
"""More own requests than a bake can send."""

CEILING_COST = 0.1
"""The part of the requests that is left out of account, for what the ceiling on a single look costs."""

NOTHING = 1.0
"""The rate that is named when nothing is claimed."""

_HALVINGS = 30
_NEGLIGIBLE = 1e-15


@cache
def fewest_bad(requests: int, limit: float, start: float = OWN_START) -> int:
    """The fewest bad requests among so many, evenly spread, that are enough for a verdict.

    The answer may be more than there are requests: then so few can prove nothing.
    """
    if not limit:
        return 1

    def is_enough(bad: int) -> bool:
        return log_sum([math.log(start) + bet.log_share + bet.gain(requests, bad) for bet in bets(limit)]) >= LOG_ENOUGH

    return _first(is_enough, requests + 1)


@cache
def detectable(requests: int, limit: float) -> float:
    """The smallest bad rate that so many own requests would have caught with a probability of `POWER`."""
    counted = int((1 - CEILING_COST) * requests) if requests >= FEWEST else 0
    needed = fewest_bad(counted, limit)
    if needed > counted:
        return NOTHING
    return _smallest_rate(limit, lambda rate: at_least(needed, counted, rate))


@cache
def own_requests_needed(rate: float, limit: float) -> int:
    """The fewest own requests that make a bad rate detectable, or `MOST`; the rate is above the limit."""
    most = FEWEST
    while most < MOST and detectable(most, limit) > rate:
        most = min(2 * most, MOST)
    return _first(lambda requests: detectable(requests, limit) <= rate, most)


def detectable_by_periods(requests: Sequence[int], wager: Wager) -> float:
    """The smallest bad rate that periods of so many users' requests would have caught with a probability of `POWER`.

    It is claimed from below, by the busiest periods in a row that are as many as the ceiling asks for: a verdict is
    certain when each of them gives one and the same bet its ceiling. The other periods could only add to that.
    """
    looks = pace(wager)
    windows = [requests[at : at + looks] for at in range(len(requests) - looks + 1)]
    if not windows:
        return NOTHING
    if not wager.limit:
        return _smallest_rate(0.0, lambda rate: at_least(1, sum(requests), rate))
    best = NOTHING
    for bet, ceiling in zip(bets(wager.limit), ceilings(wager), strict=True):
        power = partial(_power_by_periods, max(windows, key=sum), bet, ceiling)
        if power(best) >= POWER:
            best = _smallest_rate(wager.limit, power, best)
    return best


def _power_by_periods(requests: Sequence[int], bet: Bet, ceiling: float, rate: float) -> float:
    return math.prod(
        at_least(math.ceil((ceiling - each * bet.down) / (bet.up - bet.down)), each, rate) for each in requests
    )


def at_least(bad: int, requests: int, rate: float) -> float:
    """P(X >= bad) of a binomial. The smaller of its two sides is added up, from its largest term on."""
    if bad > requests:
        return 0.0
    if bad <= 0 or rate >= 1:
        return 1.0
    odds = rate / (1 - rate)
    if bad > requests * rate:
        ratios = (odds * (requests - k) / (k + 1) for k in range(bad, requests))
        return _falling_sum(_probability(bad, requests, rate), ratios)
    ratios = (k / (odds * (requests - k + 1)) for k in range(bad - 1, 0, -1))
    return 1 - _falling_sum(_probability(bad - 1, requests, rate), ratios)


def _probability(bad: int, requests: int, rate: float) -> float:
    ways = math.lgamma(requests + 1) - math.lgamma(bad + 1) - math.lgamma(requests - bad + 1)
    return math.exp(ways + bad * math.log(rate) + (requests - bad) * math.log1p(-rate))


def _falling_sum(first: float, ratios: Iterable[float]) -> float:
    total = term = first
    for ratio in ratios:
        term *= ratio
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return total


def _smallest_rate(limit: float, power: Callable[[float], float], known: float = NOTHING) -> float:
    """The smallest rate above a limit that has the power; `known` is one that has it, or everything."""
    low, high = limit, known
    if power(high) < POWER:
        return NOTHING
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _first(holds: Callable[[int], bool], most: int) -> int:
    """The smallest number from 0 on for which something holds, or `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
