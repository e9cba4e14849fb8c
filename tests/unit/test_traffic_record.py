"""The record that a load leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.names import names_path
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import ENTRY, RecordTail, RecordWriter, RequestRecord, read_records

AT = 1_800_000_000.25

entries = st.tuples(
    st.floats(0, 4e9),
    st.floats(0, 60, width=32),
    st.sampled_from([None, *Color]),
    st.sampled_from(RequestOutcome),
    st.integers(0, 599),
    st.sampled_from([b"", b"1.0.0", b"2.0.0"]),
    st.sampled_from([b"GET /", b"POST /cart"]),
)


def write(path: Path, *records: tuple[float, float, Color | None, RequestOutcome, int, bytes, bytes]) -> RecordWriter:
    writer = RecordWriter(path)
    for record in records:
        writer.add(*record)
    writer.flush()
    return writer


def entry(at: float = AT, version: bytes = b"1.0.0") -> tuple[float, float, Color, RequestOutcome, int, bytes, bytes]:
    return at, 0.125, Color.GREEN, RequestOutcome.ANSWERED, 200, version, b"GET /"


@settings(max_examples=20)
@given(st.lists(entries, max_size=20))
def test_what_was_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, wrote: list[object]) -> None:
    path = tmp_path_factory.mktemp("record") / "load.bin"
    write(path, *wrote).close()  # type: ignore[arg-type]

    read = [(*record[:5], *(str(word or "").encode() for word in record[5:])) for record in read_records(path)]

    assert read == wrote


def test_an_entry_takes_twenty_bytes(tmp_path: Path) -> None:
    write(tmp_path / "load.bin", entry(), entry()).close()

    assert ENTRY.size == 20
    assert (tmp_path / "load.bin").stat().st_size == 40


def test_a_tail_reads_each_entry_once_while_the_file_grows(tmp_path: Path) -> None:
    tail = RecordTail(tmp_path / "load.bin")
    assert tail.read() == []
    writer = write(tmp_path / "load.bin", entry(AT, b"1.0.0"))
    assert [record.version for record in tail.read()] == ["1.0.0"]
    writer.add(*entry(AT + 1, b"2.0.0"))
    assert tail.read() == []
    writer.close()

    assert [(record.completed_at, record.version) for record in tail.read()] == [(AT + 1, "2.0.0")]
    assert tail.read() == []


def test_a_tail_leaves_half_an_entry_for_later(tmp_path: Path) -> None:
    write(tmp_path / "whole.bin", entry(), entry(AT + 1)).close()
    whole = (tmp_path / "whole.bin").read_bytes()
    growing = tmp_path / "growing.bin"
    tail = RecordTail(growing)

    growing.write_bytes(whole[:30])
    first = tail.read()
    growing.write_bytes(whole)

    assert [record.completed_at for record in [*first, *tail.read()]] == [AT, AT + 1]


def test_a_second_load_does_not_write_into_the_first_ones_record(tmp_path: Path) -> None:
    write(tmp_path / "load.bin", entry()).close()

    with pytest.raises(FileExistsError):
        RecordWriter(tmp_path / "load.bin")


def test_a_missing_record_is_not_a_record_without_failures(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no traffic record at"):
        read_records(tmp_path / "load.bin")


def test_a_record_without_its_words_still_counts(tmp_path: Path) -> None:
    write(tmp_path / "load.bin", entry()).close()
    names_path(tmp_path / "load.bin").unlink()

    assert read_records(tmp_path / "load.bin") == [
        RequestRecord(AT, 0.125, Color.GREEN, RequestOutcome.ANSWERED, 200, version=None, request=None)
    ]


def test_the_due_time_is_the_completion_less_the_latency() -> None:
    assert RequestRecord(AT, 0.25, Color.BLUE, RequestOutcome.ANSWERED).due_at == AT - 0.25
