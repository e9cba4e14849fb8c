"""The figures of `make bench ARGS=shop`, of records that are made up."""

from __future__ import annotations

from bench.shop import LEAST_RATE, MOST_P95_MS, WARM_SECONDS, Row
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RequestRecord

SECONDS = 2.0


def records(
    begun: float = 0,
    seconds: float = WARM_SECONDS + SECONDS,
    rate: float = 2000,
    latency_seconds: float = 0.01,
    outcome: RequestOutcome = RequestOutcome.ANSWERED,
) -> list[RequestRecord]:
    due = [begun + number / rate for number in range(round(rate * seconds))]
    return [RequestRecord(at + latency_seconds, latency_seconds, None, outcome) for at in due]


def test_a_fast_row_is_enough() -> None:
    assert Row.of(50, records()).is_enough


def test_a_row_below_the_rate_is_not_enough() -> None:
    assert not Row.of(50, records(rate=LEAST_RATE - 20)).is_enough


def test_a_row_with_a_slow_p95_is_not_enough() -> None:
    assert not Row.of(50, records(latency_seconds=MOST_P95_MS / 1000 + 0.001)).is_enough


def test_a_row_with_a_failed_request_is_not_enough() -> None:
    assert not Row.of(50, records(outcome=RequestOutcome.TIMEOUT)).is_enough


def test_the_time_of_warming_up_is_not_counted() -> None:
    slow, fast = records(seconds=WARM_SECONDS, latency_seconds=1), records(WARM_SECONDS, SECONDS)

    assert Row.of(50, [*slow, *fast]).p99 < 11
