"""A load cut into windows of time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RecordTail, RecordWriter, RequestRecord
from greenlight.rehearsal.traffic.windows import LiveView, windows

B, G = Color.BLUE, Color.GREEN


def test_a_window_counts_colors_and_kinds_of_failure_apart() -> None:
    records = [
        RequestRecord(100.2, 0.2, B, RequestOutcome.ANSWERED),
        RequestRecord(100.3, 0.1, G, RequestOutcome.ANSWERED),
        RequestRecord(100.4, 0.3, G, RequestOutcome.SERVER_ERROR),
        RequestRecord(100.5, 0.4, None, RequestOutcome.RESET),
    ]

    [window] = windows(records)

    assert window.good == {B: 1, G: 1}
    assert window.bad == {RequestOutcome.SERVER_ERROR: 1, RequestOutcome.RESET: 1}
    assert (window.failures, window.p95_seconds, window.starts_at) == (2, 0.4, 100.0)


def test_silence_is_a_window_too() -> None:
    records = [RequestRecord(0.5, 0.5, B, RequestOutcome.ANSWERED), RequestRecord(2.5, 0.1, B, RequestOutcome.ANSWERED)]

    assert [window.good.get(B, 0) for window in windows(records)] == [1, 0, 1]
    assert windows(records)[1].p95_seconds is None


def test_windows_can_begin_later_than_the_load() -> None:
    records = [RequestRecord(at + 0.5, 0.1, B, RequestOutcome.ANSWERED) for at in range(5)]

    assert [window.starts_at for window in windows(records, starts_at=3.0)] == [3.0, 4.0]
    assert windows(records, starts_at=30.0) == windows([]) == []


def test_a_window_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0 seconds, got 0"):
        windows([], seconds=0)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.sampled_from([B, G, None]), st.sampled_from(RequestOutcome))),
    st.floats(0.1, 10),
)
def test_no_record_is_lost_between_windows(
    ends: list[tuple[float, Color | None, RequestOutcome]], seconds: float
) -> None:
    records = [RequestRecord(at, 0.0, color or B, outcome) for at, color, outcome in ends]

    cut = windows(records, seconds)

    assert sum(sum(window.good.values()) + window.failures for window in cut) == len(records)


def test_a_live_view_shows_the_last_second_and_remembers_failures(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path / "load.jsonl")
    view = LiveView(RecordTail(tmp_path / "load.jsonl"))
    for at in range(10):
        writer.add(100 + at / 10, 0.01, B, RequestOutcome.SERVER_ERROR if at == 0 else RequestOutcome.ANSWERED, 200)
    writer.flush()
    first = view.look(now=100.95)
    writer.add(101.9, 0.01, G, RequestOutcome.ANSWERED, 200)
    writer.close()
    second = view.look(now=102.0)

    assert (first.rates, first.failures) == ({B: 10.0, G: 0.0}, 1)
    assert (second.rates, second.failures, second.requests) == ({B: 0.0, G: 1.0}, 1, 11)
