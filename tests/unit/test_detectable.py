"""What a bake would have caught: golden values, and that it is not more than the test really catches."""

from __future__ import annotations

import math
import random

import pytest
from traffic_switch.judging.detectable import (
    at_least,
    detectable,
    detectable_by_periods,
    fewest_bad,
    own_requests_needed,
)
from traffic_switch.judging.evidence import Evidence, Wager

USERS = Wager(0.01, looks=2, blip_share=2 / 60)


@pytest.mark.parametrize(("requests", "bad"), [(20, 4), (100, 7), (300, 11), (1000, 23)])
def test_the_fewest_bad_requests_for_a_verdict_have_their_golden_values(requests: int, bad: int) -> None:
    assert fewest_bad(requests, 0.01) == bad


@pytest.mark.parametrize(
    ("requests", "errors", "slow"),
    [(200, 7.9, 15.7), (300, 6.2, 13.5), (600, 4.2, 10.8), (1200, 3.0, 9.3), (1600, 2.7, 8.8)],
)
def test_the_detectable_rates_have_their_golden_values(requests: int, errors: float, slow: float) -> None:
    assert 100 * detectable(requests, 0.01) == pytest.approx(errors, abs=0.06)
    assert 100 * detectable(requests, 0.05) == pytest.approx(slow, abs=0.06)


def test_below_two_hundred_requests_nothing_is_claimed() -> None:
    assert detectable(199, 0.01) == 1.0
    assert detectable(200, 0.01) < 0.1


def test_five_percent_takes_429_own_requests() -> None:
    assert own_requests_needed(0.05, 0.01) == 429
    assert detectable(429, 0.01) <= 0.05 < detectable(428, 0.01)


def test_where_nothing_need_be_detected_no_request_is_needed() -> None:
    assert own_requests_needed(1.0, 0.01) == 0


def test_with_a_limit_of_zero_every_failure_would_have_been_caught() -> None:
    assert fewest_bad(1000, 0.0) == 1
    assert detectable(1000, 0.0) == pytest.approx(1 - 0.05 ** (1 / 900))
    assert detectable_by_periods([500, 500], Wager(0, 2, 0.1)) == pytest.approx(1 - 0.05 ** (1 / 1000))


@pytest.mark.parametrize(
    ("bad", "requests", "rate"),
    [
        (3, 20, 0.05),
        (9, 600, 0.01),
        (40, 600, 0.05),
        (1, 7, 0.9),
        (2, 7, 0.5),
        (4, 7, 0.9),
        (7, 7, 0.9),
    ],
)
def test_the_tail_of_the_binomial_is_the_sum_of_its_terms(bad: int, requests: int, rate: float) -> None:
    terms = (math.comb(requests, k) * rate**k * (1 - rate) ** (requests - k) for k in range(bad, requests + 1))

    assert at_least(bad, requests, rate) == pytest.approx(sum(terms))


@pytest.mark.parametrize(("bad", "rate", "chance"), [(0, 0.5, 1.0), (-3, 0.5, 1.0), (11, 0.9, 0.0), (5, 1.0, 1.0)])
def test_the_tail_of_the_binomial_has_ends(bad: int, rate: float, chance: float) -> None:
    assert at_least(bad, 10, rate) == chance


def test_a_single_period_of_users_claims_nothing() -> None:
    assert detectable_by_periods([60_000], USERS) == 1.0


@pytest.mark.parametrize(("requests", "percent"), [(100, 9.9), (300, 4.7), (600, 3.5), (6000, 1.8), (60000, 1.5)])
def test_what_two_periods_of_users_would_have_shown(requests: int, percent: float) -> None:
    assert 100 * detectable_by_periods([requests] * 2, USERS) == pytest.approx(percent, abs=0.06)


def test_users_periods_count_by_the_busiest_in_a_row() -> None:
    assert detectable_by_periods([5, 600, 600, 5], USERS) == detectable_by_periods([600, 600], USERS)


def drawn(draw: random.Random, requests: int, rate: float) -> int:
    return sum(draw.random() < rate for _ in range(requests))


@pytest.mark.parametrize("periods", [2, 4])
def test_users_claim_is_kept(periods: int) -> None:
    rate, draw, caught = detectable_by_periods([300] * periods, USERS), random.Random(2), 0
    for _ in range(300):
        evidence = Evidence(USERS)
        for _ in range(periods):
            evidence.see(300, drawn(draw, 300, rate))
            caught += evidence.enough
            if evidence.enough:
                break

    assert caught / 300 > 0.92


def test_the_own_claim_is_kept() -> None:
    rate, draw, caught = detectable(600, 0.01), random.Random(3), 0
    for _ in range(300):
        evidence = Evidence(Wager(0.01, 3, 1.0, 0.5))
        for _ in range(30):
            evidence.see(20, drawn(draw, 20, rate))
            if evidence.enough:
                caught += 1
                break

    assert caught / 300 > 0.92
