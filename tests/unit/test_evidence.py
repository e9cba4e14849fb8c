"""The sequential test: its golden values, and what makes it valid."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traffic_switch.judging.evidence import ENOUGH, LOG_ENOUGH, Evidence, Wager, bets, pace, rivals

OWN = Wager(limit=0.01, looks=3, blip_share=1.0, start=0.5)
USERS = Wager(limit=0.01, looks=2, blip_share=2 / 60)
BAKE_SHARE = 1 / 300


def logs(wager: Wager, looks: list[tuple[int, int]], share: float = 0.0) -> list[float]:
    evidence, seen = Evidence(wager), []
    for requests, bad in looks:
        evidence.see(requests, bad, share)
        seen.append(round(evidence.log(), 6))
    return seen


def test_the_evidence_of_own_requests_has_its_golden_values() -> None:
    looks = [(20, 0), (20, 1), (20, 2), (20, 20), (20, 0)]

    assert logs(OWN, looks, BAKE_SHARE) == [-0.233759, 0.025324, 1.206937, 3.180303, 2.651493]


def test_the_evidence_of_users_requests_has_its_golden_values() -> None:
    assert logs(USERS, [(600, 120), (600, 6)]) == [190.629251, 137.151046]


def test_four_tests_share_an_error_of_five_percent() -> None:
    assert ENOUGH == 80
    assert math.log(80) == LOG_ENOUGH


def test_the_odds_of_the_rivals_double_and_their_shares_halve() -> None:
    found = rivals(0.01)

    assert [round(100 * rate, 2) for rate, _ in found[:4]] == [1.98, 3.88, 7.48, 13.91]
    assert (len(found), len(rivals(0.05))) == (14, 11)
    assert found[-1][0] == 0.99
    assert sum(share for _, share in found) == pytest.approx(1)
    assert [round(a[1] / b[1], 9) for a, b in pairwise(found)] == [2.0] * 13


@pytest.mark.parametrize("limit", [0, -0.1, 0.51, 1])
def test_a_limit_that_is_none_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match=r"allowed: above 0, up to 0\.5"):
        rivals(limit)


@pytest.mark.parametrize("limit", [0.001, 0.01, 0.05, 0.5])
def test_a_bet_at_the_limit_itself_is_fair(limit: float) -> None:
    for bet in bets(limit):
        expected = limit * math.exp(bet.gain(1, 1)) + (1 - limit) * math.exp(bet.gain(1, 0))
        assert expected == pytest.approx(1)


def test_with_a_limit_of_zero_one_bad_request_is_enough_for_ever() -> None:
    evidence = Evidence(Wager(0, looks=3, blip_share=1.0, start=0.5))

    evidence.see(1000, 0)
    assert not evidence.enough
    evidence.see(1000, 1)
    evidence.see(1000, 0)
    assert evidence.enough


def test_with_a_limit_of_zero_good_requests_are_no_evidence() -> None:
    evidence = Evidence(Wager(0, looks=3, blip_share=1.0))

    evidence.see(1000, 0)

    assert evidence.log() == 0.0


def test_the_evidence_of_single_requests_has_its_golden_values() -> None:
    assert logs(Wager(0.01, looks=3, blip_share=1.0), [(1, 1), (1, 1), (1, 0)]) == [1.551314, 3.817495, 3.365754]


def test_no_verdict_rests_on_fewer_looks_than_asked_for() -> None:
    evidence = Evidence(OWN)
    verdicts = []
    for _ in range(3):
        evidence.see(20, 20)
        verdicts.append(evidence.enough)

    assert verdicts == [False, False, True]


@pytest.mark.parametrize("start", [0.5, 1.0])
@pytest.mark.parametrize("limit", [0.001, 0.01, 0.2])
@pytest.mark.parametrize("looks", [1, 2, 3, 6, 11, 121])
def test_a_total_outage_is_no_verdict_before_the_last_look_asked_for(looks: int, limit: float, start: float) -> None:
    evidence, seen = Evidence(Wager(limit, looks, blip_share=looks - 1, start=start, look_share=0.01)), 0
    while not evidence.enough:
        evidence.see(10_000, 10_000, share_of_bake=0.01)
        seen += 1

    assert looks <= seen <= looks + math.ceil(looks / 2) + 1


def test_a_wager_of_few_looks_keeps_its_pace() -> None:
    assert [pace(Wager(0.01, looks, blip_share=1.0, start=0.5)) for looks in (1, 2, 3)] == [1, 2, 3]


def test_one_look_is_enough_when_more_is_bad_than_a_blip_explains() -> None:
    evidence = Evidence(USERS)

    evidence.see(600, 60)

    assert evidence.enough


def test_a_look_that_a_blip_explains_is_not_enough_alone() -> None:
    evidence = Evidence(USERS)

    evidence.see(60_000, 2_000)
    assert not evidence.enough
    evidence.see(60_000, 2_000)
    assert evidence.enough


def test_trouble_that_begins_late_is_found_sooner_than_if_all_had_been_bet_at_once() -> None:
    def looks_until_found(start: float) -> int:
        evidence = Evidence(Wager(0.01, 3, 1.0, start))
        for look in range(300):
            evidence.see(20, 0 if look < 200 else 2, 1 / 300)
            if evidence.enough:
                return look - 199
        return 100

    assert looks_until_found(0.5) < looks_until_found(1.0)


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), min_size=1, max_size=40), st.floats(0.1, 1.0))
@settings(max_examples=60, deadline=None)
def test_the_ceiling_never_adds_evidence(looks: list[tuple[int, float]], start: float) -> None:
    capped, plain = Evidence(Wager(0.01, 3, 1.0, start)), Evidence(Wager(0.01, 1, 0.0, start))
    for requests, share in looks:
        bad = round(share * requests)
        capped.see(requests, bad)
        plain.see(requests, bad)
        assert capped.log() <= plain.log() + 1e-9


@given(st.lists(st.integers(1, 60), min_size=1, max_size=30), st.floats(0.001, 0.02))
@settings(max_examples=60, deadline=None)
def test_good_looks_may_be_taken_in_together_or_one_by_one(sizes: list[int], limit: float) -> None:
    wager = Wager(limit, 3, 1.0)
    parts, whole = Evidence(wager), Evidence(wager)
    for size in sizes:
        parts.see(size, 0)
    whole.see(sum(sizes), 0)

    assert parts.log() == pytest.approx(whole.log())


def test_at_the_limit_the_evidence_is_hardly_ever_enough_however_often_one_looks() -> None:
    """Ville's bound is 1.25 %: of 400 runs, 12 or more would be a chance of 0.4 % at the bound itself."""
    draw, wrong = random.Random(5), 0
    for _ in range(400):
        evidence = Evidence(Wager(0.05, 1, 0.0, 0.5))
        for _ in range(100):
            evidence.see(20, sum(draw.random() < 0.05 for _ in range(20)), 1 / 100)
            if evidence.enough:
                wrong += 1
                break

    assert wrong < 12
