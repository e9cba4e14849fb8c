"""The record that a load leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RecordTail, RecordWriter, RequestRecord, read_records

AT = 1_800_000_000.25

entries = st.tuples(
    st.floats(0, 4e9),
    st.floats(0, 60),
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
    path = tmp_path_factory.mktemp("record") / "load.jsonl"
    write(path, *wrote).close()  # type: ignore[arg-type]

    read = [(*record[:5], *(str(word or "").encode() for word in record[5:])) for record in read_records(path)]

    assert read == wrote


def test_an_entry_is_one_line_that_people_and_programs_read(tmp_path: Path) -> None:
    write(tmp_path / "load.jsonl", entry(), (AT, 5.0, None, RequestOutcome.TIMEOUT, 0, b"", b"GET /")).close()

    assert [json.loads(line) for line in (tmp_path / "load.jsonl").read_text().splitlines()] == [
        [AT, 0.125, "green", "answered", 200, "1.0.0", "GET /"],
        [AT, 5.0, None, "timeout", 0, None, "GET /"],
    ]


def test_a_tail_reads_each_entry_once_while_the_file_grows(tmp_path: Path) -> None:
    tail = RecordTail(tmp_path / "load.jsonl")
    assert tail.read() == []
    writer = write(tmp_path / "load.jsonl", entry(AT, b"1.0.0"))
    assert [record.version for record in tail.read()] == ["1.0.0"]
    writer.add(*entry(AT + 1, b"2.0.0"))
    assert tail.read() == []
    writer.close()

    assert [(record.completed_at, record.version) for record in tail.read()] == [(AT + 1, "2.0.0")]
    assert tail.read() == []


def test_a_tail_leaves_half_an_entry_for_later(tmp_path: Path) -> None:
    write(tmp_path / "whole.jsonl", entry(), entry(AT + 1)).close()
    whole = (tmp_path / "whole.jsonl").read_bytes()
    growing = tmp_path / "growing.jsonl"
    tail = RecordTail(growing)

    growing.write_bytes(whole[: len(whole) * 3 // 4])
    first = tail.read()
    growing.write_bytes(whole)

    assert [record.completed_at for record in [*first, *tail.read()]] == [AT, AT + 1]


def test_a_second_load_does_not_write_into_the_first_ones_record(tmp_path: Path) -> None:
    write(tmp_path / "load.jsonl", entry()).close()

    with pytest.raises(FileExistsError):
        RecordWriter(tmp_path / "load.jsonl")


def test_a_missing_record_is_not_a_record_without_failures(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no traffic record at"):
        read_records(tmp_path / "load.jsonl")


def test_a_version_that_is_no_text_is_recorded_all_the_same(tmp_path: Path) -> None:
    write(tmp_path / "load.jsonl", entry(version=b'"\xff\n')).close()

    assert [record.version for record in read_records(tmp_path / "load.jsonl")] == ['"\ufffd\n']


def test_the_due_time_is_the_completion_less_the_latency() -> None:
    assert RequestRecord(AT, 0.25, Color.BLUE, RequestOutcome.ANSWERED).due_at == AT - 0.25
