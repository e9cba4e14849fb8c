"""The report in a terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

from rich.console import Console

from greenlight.rehearsal.report.result import ActResult, ActVerdict, RehearsalReport
from greenlight.rehearsal.report.table import print_report
from greenlight.rehearsal.traffic.analysis import Latency

RELEASE = ActResult(
    name="release",
    claim="Nobody notices.",
    verdict=ActVerdict.PASS,
    seconds=71.2,
    requests=60_000,
    failed_requests=0,
    shift_seconds=0.31,
    live_before="blue",
    live_after="green",
    latency_ms=Latency(2.5, 4.4, 5.5),
    log="build/rehearsal/logs/release.log",
)
BROKEN = replace(RELEASE, name="broken", verdict=ActVerdict.FAIL, reason="3 [b]requests[/b] failed", failed_requests=3)


def printed(*acts: ActResult) -> str:
    file = io.StringIO()
    report = RehearsalReport("fargate", 250.0, acts, notes=("python3.14 [is] missing",))
    print_report(report, Console(file=file, width=120, force_terminal=False))
    return file.getvalue()


def test_each_act_is_a_line_with_its_figures() -> None:
    [line] = [line for line in printed(RELEASE).splitlines() if "release" in line]

    assert re.split(r"  +", line.strip()) == ["release", "pass", "71.2 s", "60,000", "0", "310 ms", "-", "4.4 ms"]


def test_a_failed_act_is_explained_below_with_its_claim_and_log() -> None:
    text = printed(RELEASE, BROKEN)

    assert "broken: 3 [b]requests[/b] failed\n  claimed: Nobody notices.\n  log: build/" in text
    assert "release:" not in text


def test_what_an_application_answered_is_shown_as_one_plain_line() -> None:
    text = printed(replace(BROKEN, reason="wrong version [/x]\x1b[2J\n2"))

    assert "broken: wrong version [/x]�[2J 2\n  claimed" in text


def test_a_note_is_a_line_before_the_verdict() -> None:
    assert printed(RELEASE).splitlines()[-2] == "note: python3.14 [is] missing"


def test_the_last_line_is_the_verdict() -> None:
    assert printed(RELEASE).splitlines()[-1] == "PASS  1 of 1 acts passed in 4 min 10 s, 60,000 requests"
    assert printed(RELEASE, BROKEN).splitlines()[-1].startswith("FAIL  1 of 2 acts passed")
