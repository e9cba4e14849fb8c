"""The results of a rehearsal, their figures and report.json."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from traffic_switch.contract import Color

from greenlight.rehearsal.report import figures
from greenlight.rehearsal.report.document import as_document, as_json
from greenlight.rehearsal.report.measure import with_traffic
from greenlight.rehearsal.report.result import ActResult, ActVerdict, Phase, RehearsalReport
from greenlight.rehearsal.report.timeline import MOST_STEPS, timeline
from greenlight.rehearsal.report.write import write_report
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RequestRecord

ACT_KEYS = [
    *("name", "claim", "verdict", "seconds", "requests", "failed_requests", "shift_seconds", "rollback_seconds"),
    *("stack_status", "live_before", "live_after", "requests_per_second", "latency_ms", "log"),
]

BARE = ActResult("plan", "Nothing is written.", ActVerdict.PASS, seconds=1.5)


def report(*acts: ActResult) -> RehearsalReport:
    return RehearsalReport("ec2", 12.3456789, acts, started_at=1_800_000_000.0)


def load(seconds: int, per_second: int = 10, color: Color = Color.BLUE) -> list[RequestRecord]:
    step = 1 / per_second
    return [
        RequestRecord(100 + n * step + 0.01, 0.01, color, RequestOutcome.ANSWERED) for n in range(seconds * per_second)
    ]


def test_the_promised_keys_come_first_and_in_order() -> None:
    document = as_document(report(BARE))

    assert list(document)[:4] == ["compute", "wall_seconds", "verdict", "acts"]
    assert list(document["acts"][0])[: len(ACT_KEYS)] == ACT_KEYS


def test_notes_are_told_and_none_is_an_empty_list() -> None:
    assert as_document(report(BARE))["notes"] == []
    assert as_document(replace(report(BARE), notes=("python3.14 is missing",)))["notes"] == ["python3.14 is missing"]


def test_a_figure_that_an_act_lacks_is_null() -> None:
    act = json.loads(as_json(report(BARE)))["acts"][0]

    assert {act[key] for key in ACT_KEYS[4:]} == {None}


def test_an_act_with_traffic_has_its_figures_as_plain_json() -> None:
    measured = replace(with_traffic(BARE, load(3)), phases=(Phase("Gate", 101.0, "2 of 2"),), live_after=Color.GREEN)

    act = json.loads(as_json(report(measured)))["acts"][0]

    assert act["verdict"] == "pass"
    assert act["live_after"] == "green"
    assert act["latency_ms"] == {"p50": 10.0, "p95": 10.0, "p99": 10.0}
    assert act["phases"] == [{"name": "Gate", "at": 101.0, "detail": "2 of 2"}]
    assert act["answers"] == {"blue": 30}
    assert len(act["timeline"]["blue"]) == len(act["timeline"]["p95_ms"])


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [([], "fail"), (["pass"], "pass"), (["pass", "fail"], "fail")],
    ids=["no acts prove nothing", "all pass", "one fails"],
)
def test_the_whole_passes_when_every_act_does(verdicts: list[str], whole: str) -> None:
    acts = [replace(BARE, verdict=ActVerdict(verdict)) for verdict in verdicts]

    assert report(*acts).verdict == whole


def test_a_load_gives_an_act_its_counts_and_rates() -> None:
    records = [*load(10), RequestRecord(110.0, 2.0, None, RequestOutcome.TIMEOUT, status=0)]

    act = with_traffic(BARE, records)

    assert (act.requests, act.failed_requests) == (101, 1)
    assert act.failures == {"timeout": 1}
    assert act.offered_rate == pytest.approx(10, rel=0.02)
    assert act.requests_per_second == pytest.approx(10, rel=0.02)
    assert act.latency_ms is not None
    assert (act.latency_ms.p50, act.latency_ms.p99) == pytest.approx((10, 10))


def test_a_load_without_requests_gives_no_figures() -> None:
    act = with_traffic(BARE, [])

    assert (act.requests, act.requests_per_second, act.latency_ms, act.timeline) == (0, None, None, None)


@pytest.mark.parametrize("seconds", [1, 30, 300])
def test_a_steady_load_has_no_dent_at_the_ends_of_its_timeline(seconds: int) -> None:
    line = timeline(load(seconds, per_second=100))

    assert line is not None
    assert len(line.blue) <= MOST_STEPS
    assert min(line.blue) == pytest.approx(max(line.blue), rel=0.08)
    assert line.seconds == pytest.approx(seconds, abs=0.05)


def test_a_single_request_has_a_timeline_too() -> None:
    line = timeline([RequestRecord(100.0, 0.0, Color.GREEN, RequestOutcome.SERVER_ERROR)])

    assert line is not None
    assert (line.green, line.failed) == ((0.0,), (4.0,))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0.0, "0 s"),
        (0.0004, "<1 ms"),
        (0.31, "310 ms"),
        (8.94, "8.9 s"),
        (119.9, "119.9 s"),
        (250, "4 min 10 s"),
    ],
)
def test_durations_are_written_in_the_unit_that_fits(value: float | None, text: str) -> None:
    assert figures.seconds(value) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (figures.milliseconds(2.54), "2.5 ms"),
        (figures.milliseconds(480.4), "480 ms"),
        (figures.milliseconds(1761.0), "1.76 s"),
        (figures.count(60000), "60,000"),
        (figures.rate(999.7), "1,000/s"),
        (figures.rate(1.25), "1.2/s"),
        (figures.change("blue", "green"), "blue → green"),
        (figures.change(None, "blue"), "nothing → blue"),
        (figures.change(None, None), "-"),
    ],
)
def test_figures_are_written_for_people(text: str, expected: str) -> None:
    assert text == expected


def test_the_report_replaces_that_of_an_earlier_rehearsal(tmp_path: Path) -> None:
    write_report(report(), tmp_path / "rehearsal")

    files = write_report(report(BARE), tmp_path / "rehearsal")

    assert json.loads(files.json.read_text())["verdict"] == "pass"
    assert files.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in files.json.parent.iterdir()) == ["report.html", "report.json"]
