"""What the registry found in an image, and whether that keeps it from users: facts in, judgment out.

Sources: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html and API_ImageScanFindings.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from traffic_switch.verdict import Judgment, failed, passed, wait

SEVERITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
"""What may be refused. INFORMATIONAL is no reason, and UNDEFINED and UNTRIAGED are no severities: they pass."""

FINISHED = frozenset({"COMPLETE", "ACTIVE"})
"""ACTIVE: Amazon Inspector has scanned the image, and scans it again whenever it learns of something new."""

NONE = ""
UNFINISHED = frozenset({NONE, "IN_PROGRESS", "PENDING", "FINDINGS_UNAVAILABLE"})
NAMED = 5
"""How many findings a refusal names; the registry has the others."""

UNDATED_SECONDS = 60.0
"""How long a scan that finds nothing, and does not say when it ended, has to say the same before it is believed: its
findings may come after its status (aws/aws-sdk#289 tells of some seconds)."""


@dataclass(frozen=True)
class Scan:
    """One look at the scan of one image.

    `status` is ECR's, NONE where no scan was started; `said` is what ECR says of it. `findings` has the names of those
    that nobody suppressed, by severity. `counts` are those that ECR counts and does not name: it may count before it
    names. `is_dated`: it found something, or says when it ended.
    """

    status: str
    said: str = ""
    findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    is_dated: bool = True

    def refused(self, least: str) -> dict[str, tuple[str, ...]]:
        """The findings of a severity or a graver one, the gravest first."""
        grave = SEVERITIES[SEVERITIES.index(least) :][::-1]
        found = {each: (*self.findings.get(each, ()), *("unnamed",) * self.counts.get(each, 0)) for each in grave}
        return {severity: names for severity, names in found.items() if names}


def judge_scan(version: str, digest: str, same_seconds: float, scan: Scan, least: str) -> Judgment:
    """Judge one look. `same_seconds` is how long the scan has said the same; 0 when the look before was another.

    A scan passes when two looks say the same: COMPLETE may come before the findings do (aws/aws-sdk#289).
    """
    name = f"version {version} ({digest})"
    if scan.status in UNFINISHED:
        return wait(f"{name}: {_unfinished(scan)}")
    if scan.status not in FINISHED:
        again = "Have it scanned again, or deploy with -c scan_gate=off if users shall have it all the same"
        return failed(f"{name}: the scan ended as {scan.status}{_said(scan)}. {again}")
    if refused := scan.refused(least):
        cure = "Push a version without it, or deploy with -c scan_gate=off if users shall have this one all the same"
        return failed(f"{name}: {_told(refused)}, and scan_gate is {least.lower()}. {cure}")
    if same_seconds <= (0.0 if scan.is_dated else UNDATED_SECONDS):
        return wait(f"{name}: the scan is {scan.status}; its findings are looked for again")
    return passed(f"{name}: no finding is {least} or graver")


def overdue(judgment: Judgment, waited: str) -> Judgment:
    """What is still unknown at the deadline is refused."""
    return failed(f"{judgment.reason}, {waited}. Deploy again when the scan has finished, or with -c scan_gate=off")


def unscannable(version: str, digest: str) -> Judgment:
    """An image that names nothing to be scanned is refused."""
    return failed(f"version {version} ({digest}): its manifest names no image of any platform, so nothing is scanned")


def _unfinished(scan: Scan) -> str:
    if scan.status == NONE:
        return (
            "no scan was started. The repository scans what is pushed after it was told to: run"
            " `aws ecr start-image-scan`, or push it again under a new version"
        )
    return f"the scan is {scan.status}{_said(scan)}"


def _said(scan: Scan) -> str:
    return f" ({scan.said})" if scan.said else ""


def _told(refused: Mapping[str, tuple[str, ...]]) -> str:
    names = [name for each in refused.values() for name in each]
    counts = ", ".join(f"{len(each)} {severity}" for severity, each in refused.items())
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"the scan found {counts}: {', '.join(names[:NAMED])}{more}"
