"""The scan gate: no new version goes to a color whose image was not scanned, or in which something grave was found."""

from __future__ import annotations

from typing import Any

import pytest
from custom_resource.patience import DENIED
from traffic_switch.contract import FULL_WEIGHT, Color
from traffic_switch.image import KnownImage
from version_guard.scan import Scan

from tests.unit.version_guard_world import FakeGuardWorld, digest_of, event, remembered

NEW = digest_of("2.0.0")
AMD, ARM = digest_of("amd64"), digest_of("arm64")
CLEAN = Scan("COMPLETE", findings={"LOW": ("CVE-1",), "UNDEFINED": ("CVE-2",)})
GRAVE = Scan("COMPLETE", findings={"CRITICAL": ("CVE-2026-7",)})
RUNNING = Scan("IN_PROGRESS")


def released(*scans: Scan, least: str = "HIGH", **world: Any) -> tuple[str, str, FakeGuardWorld]:
    """Declare 2.0.0 for green; say what the guard answers."""
    guard = FakeGuardWorld(refused_severity=least, **{"scans": {NEW: scans}, **world})
    status, reason = guard.serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))
    return status, reason, guard


def test_a_version_with_nothing_grave_is_deployed() -> None:
    assert released(CLEAN)[0] == "SUCCESS"


def test_a_version_with_a_critical_finding_is_refused_by_version_digest_and_finding() -> None:
    status, reason, guard = released(GRAVE)

    assert status == "FAILED"
    assert reason == (
        f"shop: version 2.0.0 ({NEW}): the scan found 1 CRITICAL: CVE-2026-7, and scan_gate is high. Push a version"
        " without it, or deploy with -c scan_gate=off if users shall have this one all the same"
    )
    assert guard.marked == {}


def test_a_refused_version_is_not_remembered() -> None:
    assert "2.0.0" not in released(GRAVE)[2].memory


@pytest.mark.parametrize(("severity", "status"), [("HIGH", "FAILED"), ("MEDIUM", "SUCCESS"), ("CRITICAL", "FAILED")])
def test_what_is_refused_is_the_severity_that_was_set_and_graver_ones(severity: str, status: str) -> None:
    assert released(Scan("COMPLETE", findings={severity: ("CVE-1",)}))[0] == status


def test_without_the_gate_nobody_asks_for_scans() -> None:
    status, _, guard = released(GRAVE, least="")

    assert status == "SUCCESS"
    assert not guard.scanned


def test_a_scan_that_runs_is_waited_for() -> None:
    status, _, guard = released(RUNNING, RUNNING, CLEAN)

    assert status == "SUCCESS"
    assert guard.scanned[NEW] == 4


def test_findings_that_come_after_complete_are_seen() -> None:
    assert released(Scan("COMPLETE"), GRAVE)[0] == "FAILED"


def test_an_answer_that_says_nothing_yet_is_not_believed_for_a_minute() -> None:
    silent = Scan("COMPLETE", is_dated=False)

    assert released(*(silent,) * 8, GRAVE)[0] == "FAILED"


def test_an_answer_that_goes_on_saying_nothing_is_believed_in_the_end() -> None:
    status, _, guard = released(Scan("ACTIVE", is_dated=False))

    assert status == "SUCCESS"
    assert guard.scanned[NEW] > 12


def test_counts_without_names_are_believed() -> None:
    status, reason, _ = released(Scan("COMPLETE", counts={"CRITICAL": 2}))

    assert status == "FAILED"
    assert "2 CRITICAL: unnamed, unnamed" in reason


@pytest.mark.parametrize("ended", ["PENDING", "IN_PROGRESS", "FINDINGS_UNAVAILABLE"])
def test_a_scan_that_does_not_finish_is_refused_in_time_for_an_answer(ended: str) -> None:
    status, reason, _ = released(Scan(ended, "queued"))

    assert status == "FAILED"
    assert f"the scan is {ended} (queued), after 1" in reason
    assert "Deploy again when the scan has finished" in reason


def test_an_image_that_nobody_scans_is_refused() -> None:
    status, reason, _ = released(Scan(""))

    assert status == "FAILED"
    assert "no scan was started" in reason


@pytest.mark.parametrize(
    "ended", ["FAILED", "UNSUPPORTED_IMAGE", "SCAN_ELIGIBILITY_EXPIRED", "LIMIT_EXCEEDED", "IMAGE_ARCHIVED", "NEW_ONE"]
)
def test_a_scan_that_will_never_say_anything_is_refused_at_once(ended: str) -> None:
    status, reason, guard = released(Scan(ended, "not supported"))

    assert status == "FAILED"
    assert f"the scan ended as {ended} (not supported). Have it scanned again" in reason
    assert guard.scanned[NEW] == 1


def test_each_platform_of_an_index_is_judged() -> None:
    found = {AMD: (CLEAN,), ARM: (GRAVE,)}

    status, reason, guard = released(indexes={NEW: (AMD, ARM)}, scans=found)

    assert status == "FAILED"
    assert f"version 2.0.0 ({ARM})" in reason
    assert NEW not in guard.scanned


def test_an_index_of_no_image_is_refused() -> None:
    status, reason, _ = released(indexes={NEW: ()}, scans={})

    assert status == "FAILED"
    assert "names no image of any platform" in reason


def test_many_platforms_are_waited_for_side_by_side() -> None:
    platforms = [digest_of(str(number)) for number in range(26)]
    scans = {each: (RUNNING, CLEAN) for each in platforms}

    assert released(indexes={NEW: platforms}, scans=scans)[0] == "SUCCESS"


@pytest.mark.parametrize("wanted", ["1.0.0 1.0.0", "1.0.0 2.0.0"])
def test_what_was_deployed_once_is_not_judged_again(wanted: str) -> None:
    known = {version: KnownImage(digest_of(version), 900.0) for version in ("1.0.0", "2.0.0")}
    guard = FakeGuardWorld(refused_severity="HIGH", scans={}, memory=known)

    status, _ = guard.serve(event("Update", wanted=wanted, before="1.0.0 3.0.0"))

    assert status == "SUCCESS"


def test_users_who_come_to_the_color_while_its_scan_is_waited_for_are_spared() -> None:
    scans, asked = (*(RUNNING,) * 8, CLEAN), list[int]()

    def users_move() -> None:
        asked.append(1)
        if len(asked) == 5:
            guard.weights = (0, FULL_WEIGHT)
            guard.live = remembered(Color.GREEN)

    guard = FakeGuardWorld(refused_severity="HIGH", scans={NEW: scans}, looks={"scan": users_move})

    status, reason = guard.serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))

    assert status == "FAILED"
    assert "green is live" in reason


def test_a_rollback_is_never_refused_for_a_finding() -> None:
    guard = FakeGuardWorld(refused_severity="HIGH", scans={NEW: (GRAVE,)}, rolling_back=True)

    status, _ = guard.serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))

    assert status == "SUCCESS"
    assert not guard.scanned


def test_a_color_that_is_created_with_its_stack_is_judged_too() -> None:
    guard = FakeGuardWorld(refused_severity="HIGH", scans={NEW: (GRAVE,)}, live=None, weights=(0, 0))

    status, _ = guard.serve(event("Create", wanted="2.0.0 2.0.0"))

    assert status == "FAILED"


def test_what_is_refused_to_be_told_is_refused() -> None:
    def denied() -> None:
        raise PermissionError(next(iter(DENIED)))

    status, reason, _ = released(CLEAN, looks={"scan": denied})

    assert status == "FAILED"
    assert "could not be checked" in reason
