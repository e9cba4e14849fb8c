"""The scans of an image: of each of its platforms, until all are decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from custom_resource.patience import Patience
from traffic_switch.surroundings import Surroundings
from traffic_switch.verdict import Judgment, Verdict, passed

from version_guard.gates import until_decided
from version_guard.scan import Scan, judge_scan, overdue, unscannable


class ScansPort(Protocol):
    """What can be asked of one service's repository."""

    def platforms(self, digest: str) -> Sequence[str]: ...
    def scan(self, digest: str) -> Scan: ...


@dataclass
class _Watched:
    """One image whose scan is looked at again and again."""

    digest: str
    seen: Scan | None = None
    since: float = field(default=0.0)

    def judge(self, version: str, least: str, scan: Scan, now: float) -> Judgment:
        """Judge one look more."""
        if scan != self.seen:
            self.seen, self.since = scan, now
        return judge_scan(version, self.digest, now - self.since, scan, least)


def judge_scans(
    version: str, digest: str, least: str, scans: ScansPort, patience: Patience, clock: Surroundings
) -> Judgment:
    """Judge the image of a version: all of its platforms, again and again until each is decided.

    ECR scans images, and no index of them (aws/containers-roadmap#1683).
    """
    images = [_Watched(each) for each in patience(partial(scans.platforms, digest))]
    if not images:
        return unscannable(version, digest)

    def look() -> Judgment:
        return _together(version, [_looked(each, version, least, scans, patience, clock) for each in images])

    return until_decided(look, overdue, patience, clock)


def _together(version: str, judged: Sequence[Judgment]) -> Judgment:
    """One judgment of all platforms: what fails counts first, then what is waited for."""
    for verdict in (Verdict.FAIL, Verdict.WAIT):
        for judgment in judged:
            if judgment.verdict is verdict:
                return judgment
    return passed(f"version {version} was scanned, and nothing keeps it from users")


def _looked(
    image: _Watched, version: str, least: str, scans: ScansPort, patience: Patience, clock: Surroundings
) -> Judgment:
    scan = patience(partial(scans.scan, image.digest))
    return image.judge(version, least, scan, clock.monotonic())
