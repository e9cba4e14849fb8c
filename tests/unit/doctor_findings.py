"""What a judgment of the doctor has to have said."""

from __future__ import annotations

from collections.abc import Iterable

from greenlight.doctor.finding import Finding, Status

OK, WARNING, PROBLEM = Status.OK, Status.WARNING, Status.PROBLEM


def told(findings: Iterable[Finding]) -> tuple[Status, str]:
    """The one finding: its status, and its whole line."""
    (finding,) = findings
    return finding.status, f"{finding.said} | {finding.repair}"


def expect(findings: Iterable[Finding], status: Status, *words: str) -> None:
    found, line = told(findings)
    assert found is status, line
    assert all(word in line for word in words), line
