"""What a record says about a switch."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traffic_switch.contract import Color

from greenlight.rehearsal.traffic import analysis
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RequestRecord

B, G = Color.BLUE, Color.GREEN


def answers(*pairs: tuple[float, Color | None]) -> list[RequestRecord]:
    return [
        RequestRecord(at, 0.1, color, RequestOutcome.ANSWERED if color else RequestOutcome.RESET) for at, color in pairs
    ]


def failures(*times: float, until: float = 100.0) -> list[RequestRecord]:
    """One answer at each whole second up to the end, failed at the given ones."""
    return [
        RequestRecord(float(at), 0.1, G, RequestOutcome.SERVER_ERROR if at in times else RequestOutcome.ANSWERED)
        for at in range(int(until))
    ]


@pytest.mark.parametrize(
    ("records", "seconds"),
    [
        (answers((9, B), (10.2, B), (10.3, G), (10.7, B), (10.8, G)), 0.7),
        (answers((9, B), (10.1, G), (10.2, G)), 0.0),
        (answers((9, B), (10.1, B)), None),
        (answers((10.1, G), (10.2, B)), None),
        (answers((9, G)), None),
        ([], None),
        (answers((10.2, B), (10.3, G), (10.9, None)), 0.2),
        (answers((10.2, B), (10.9, None)), None),
    ],
    ids=["mixed", "at once", "never", "came back", "all before", "empty", "a colorless failure", "only failures"],
)
def test_a_shift_lasts_until_the_last_answer_of_the_old_color(
    records: list[RequestRecord], seconds: float | None
) -> None:
    assert analysis.shift_seconds(records, 10.0, G) == pytest.approx(seconds)


def test_a_shift_that_was_taken_back_is_measured_up_to_then() -> None:
    records = answers((10.2, B), (10.3, G), (20.0, G), (20.1, B))

    assert analysis.shift_seconds(records, 10.0, G) is None
    assert analysis.shift_seconds(records, 10.0, G, until=20.05) == pytest.approx(0.2)


@given(st.lists(st.tuples(st.floats(0, 20), st.sampled_from([B, G])), min_size=1), st.floats(0, 20))
def test_after_the_shift_every_answer_is_of_the_new_color(pairs: list[tuple[float, Color]], wrote_at: float) -> None:
    records = answers(*sorted(pairs))
    seconds = analysis.shift_seconds(records, wrote_at, G)

    over = float("inf") if seconds is None else wrote_at + seconds + 1e-9

    assert {record.color for record in records if record.completed_at > over} <= {G}


@pytest.mark.parametrize(
    ("records", "seconds"),
    [
        (failures(10, 11, 17), 7.0),
        (failures(10), 0.0),
        (failures(), None),
        (failures(10, 99), None),
        ([], None),
    ],
    ids=["some", "one", "none", "never over", "empty"],
)
def test_users_suffer_from_the_first_bad_answer_to_the_last(
    records: list[RequestRecord], seconds: float | None
) -> None:
    assert analysis.rollback_seconds(records) == seconds


def test_what_failed_before_the_switch_is_not_its_fault() -> None:
    assert analysis.rollback_seconds(failures(3, 10, 12), since=5.0) == 2.0


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (99, 10), (100, 10), (10, 1), (0.1, 1)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert analysis.percentile(range(1, 11), percent) == value


@settings(max_examples=30)
@given(st.lists(st.floats(0, 10), min_size=1), st.floats(0.01, 100))
def test_at_least_that_share_does_not_exceed_the_percentile(values: list[float], percent: float) -> None:
    found = analysis.percentile(sorted(values), percent)

    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-9


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_a_percentile_of_nothing_is_refused(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="a percentile needs values"):
        analysis.percentile(values, percent)


def test_the_summary_counts_every_request_once() -> None:
    records = [
        RequestRecord(1.0, 0.0, B, RequestOutcome.ANSWERED, version="1.0.0"),
        RequestRecord(2.0, 0.0, G, RequestOutcome.SERVER_ERROR, status=500, version="2.0.0"),
        RequestRecord(3.5, 0.5, None, RequestOutcome.TIMEOUT, status=0),
        RequestRecord(5.0, 1.0, G, RequestOutcome.ANSWERED, version="2.0.0"),
    ]

    summary = analysis.summarize(records)

    assert (summary.requests, summary.failed, summary.seconds) == (4, 2, 4.0)
    assert summary.outcomes == {RequestOutcome.ANSWERED: 2, RequestOutcome.SERVER_ERROR: 1, RequestOutcome.TIMEOUT: 1}
    assert summary.colors == {B: 1, G: 2}
    assert summary.versions == {"1.0.0": 1, "2.0.0": 2}
    assert summary.offered_per_second == 1.0
    assert summary.answered_per_second == 0.5
    assert summary.latency == analysis.Latency(0.0, 1000.0, 1000.0)


def test_without_requests_there_are_no_rates_and_no_percentiles() -> None:
    summary = analysis.summarize([])

    assert (summary.requests, summary.failed) == (0, 0)
    assert (summary.offered_per_second, summary.answered_per_second, summary.latency) == (None, None, None)
