"""Evidence that too many requests are bad: a sequential test that stays valid however often one looks.

The null hypothesis is that every request is bad with a probability of at most the limit, whatever happened before. The
evidence is the capital of a gambler who starts with 1 and bets against it at odds that are fair at the limit. Ville's
inequality: under the null hypothesis the capital ever reaches E with a probability of at most 1/E, for any number of
looks of any size (Waudby-Smith and Ramdas, arXiv 2010.09686; Howard et al., arXiv 1810.08240).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

TESTS = 4
"""Own and users' requests, each asked for failures and for slowness."""

ERROR_BUDGET = 0.05
"""The chance, over all four tests, that a bake of a version exactly at its limits is rolled back; shared out evenly."""

ENOUGH = TESTS / ERROR_BUDGET
"""The evidence at which a verdict falls: 80 (docs/judge.md)."""

LOG_ENOUGH = math.log(ENOUGH)

HIGHEST_LIMIT = 0.5
"""Above half of the requests, a limit is no limit."""

HIGHEST_RATE = 0.99


def rivals(limit: float) -> tuple[tuple[float, float], ...]:
    """Rates above the limit, each with its share of the capital. From one to the next odds double and shares halve.

    Raises:
        ValueError: the limit is not above 0 and at most a half.
    """
    if not 0 < limit <= HIGHEST_LIMIT:
        raise ValueError(f"limit: got {limit}; allowed: above 0, up to {HIGHEST_LIMIT}")
    odds, share, found = limit / (1 - limit), 1.0, [(limit, 0.0)]
    while found[-1][0] < HIGHEST_RATE:
        odds, share = 2 * odds, share / 2
        found.append((min(odds / (1 + odds), HIGHEST_RATE), share))
    total = sum(share for _, share in found)
    return tuple((rate, share / total) for rate, share in found[1:])


@dataclass(frozen=True)
class Bet:
    """A bet on one rival rate. `up` and `down` are what a bad and a good request add to its logarithm."""

    log_share: float
    up: float
    down: float

    def gain(self, requests: float, bad: float) -> float:
        """The log likelihood ratio of the rival rate to the limit."""
        return bad * self.up + (requests - bad) * self.down


@cache
def bets(limit: float) -> tuple[Bet, ...]:
    """One bet for each rival of a limit."""
    return tuple(
        Bet(math.log(share), math.log(rate / limit), math.log((1 - rate) / (1 - limit)))
        for rate, share in rivals(limit)
    )


@dataclass(frozen=True)
class Wager:
    """How the capital is bet.

    Attributes:
        limit: the share of requests that may be bad.
        looks: no verdict rests on fewer looks than these, so that one burst decides nothing ...
        blip_share: ... unless more is bad in a look than a total outage over this share of it explains.
        start: the part of the capital that is bet at once; the rest follows evenly over the bake, so that trouble which
            begins late is seen too.
        look_share: the part of the bake that passes with a look.
    """

    limit: float
    looks: int
    blip_share: float
    start: float = 1.0
    look_share: float = 0.0


@cache
def ceilings(wager: Wager) -> tuple[float, ...]:
    """The most that each bet may gain in a look, as a logarithm."""
    return tuple((LOG_ENOUGH - capital) / pace(wager) for capital in _capital(wager))


@cache
def pace(wager: Wager) -> int:
    """After how many looks each bet alone is enough. All of them together are not before the last one asked for: with
    many looks that takes more of them.
    """
    looks, capital = wager.looks, _capital(wager)
    while capital and _before_the_last(wager, capital, looks) >= LOG_ENOUGH:
        looks += 1
    return looks


def _capital(wager: Wager) -> list[float]:
    return [math.log(wager.start) + bet.log_share for bet in bets(wager.limit)] if wager.limit else []


def _before_the_last(wager: Wager, capital: list[float], looks: int) -> float:
    """The most evidence after one look less than are asked for, if each bet alone is enough after so many looks. What
    is bet from the reserve meanwhile counts as bet at once.
    """
    seen = wager.looks - 1
    left = (1 - wager.start) * max(0.0, 1 - seen * wager.look_share)
    more = math.log((1 - left) / wager.start)
    grown = [log + more + seen * (LOG_ENOUGH - log) / looks for log in capital]
    return log_sum([*grown, math.log(left)] if left > 0 else grown)


class Evidence:
    """The capital of one test, look by look. With a limit of 0 one bad request is enough."""

    def __init__(self, wager: Wager) -> None:
        self._wager = wager
        self._bets = bets(wager.limit) if wager.limit else ()
        self._capital = _capital(wager)
        self._ceilings = ceilings(wager)
        self._reserve = 1 - wager.start
        self._refuted = False

    def see(self, requests: int, bad: int, share_of_bake: float = 0.0) -> None:
        """Take in one look; `share_of_bake` is the part of the bake that has passed since the one before."""
        self._refuted = self._refuted or (bad > 0 and not self._bets)
        self._bet_from_reserve(share_of_bake)
        beyond = max(0.0, bad - self._wager.blip_share * requests)
        for at, bet in enumerate(self._bets):
            gain = bet.gain(requests, bad)
            if gain > self._ceilings[at]:
                gain = max(self._ceilings[at], bet.gain(requests, beyond))
            self._capital[at] += gain

    def log(self) -> float:
        """The logarithm of the evidence so far."""
        if not self._bets:
            return math.inf if self._refuted else 0.0
        bet = log_sum(self._capital)
        return bet if self._reserve <= 0 else log_sum((bet, math.log(self._reserve)))

    @property
    def enough(self) -> bool:
        """Whether a verdict falls now. It stands, whatever is seen later."""
        return self.log() >= LOG_ENOUGH

    def _bet_from_reserve(self, share_of_bake: float) -> None:
        put = min(self._reserve, (1 - self._wager.start) * max(0.0, share_of_bake))
        if put <= 0:
            return
        self._reserve -= put
        log_put = math.log(put)
        self._capital = [
            log_sum((capital, log_put + bet.log_share)) for capital, bet in zip(self._capital, self._bets, strict=True)
        ]


def log_sum(terms: tuple[float, float] | list[float]) -> float:
    """The logarithm of a sum of numbers that are given by their logarithms."""
    top = max(terms)
    return top + math.log(sum([math.exp(term - top) for term in terms]))
