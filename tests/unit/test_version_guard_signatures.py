"""The signature gate: no new version goes to a color whose image was not signed with the profile that is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.contract import FULL_WEIGHT, Color
from traffic_switch.image import KnownImage
from version_guard.scan import Scan
from version_guard.signature import Signature

from tests.unit.version_guard_world import FakeGuardWorld, digest_of, event, failing, remembered

NEW = digest_of("2.0.0")
PROFILE = "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/greenlight_images"
OTHER = "arn:aws:signer:eu-west-1:210987654321:/signing-profiles/greenlight_images"
SIGNED, RUNNING = Signature(PROFILE, "COMPLETE"), Signature(PROFILE, "IN_PROGRESS")
DENIED = Signature(PROFILE, "FAILED", "AccessDenied not authorized to perform signer:SignPayload")
NOT_BEGUN = "no signature with the profile greenlight_images was begun"
PUSH_AGAIN = (
    "s. ECR signs what is pushed after its registry was told to: push it again under a new version, or deploy with -c"
)


def released(*signed: tuple[Signature, ...], profile: str = PROFILE, **world: Any) -> tuple[str, str, FakeGuardWorld]:
    """Declare 2.0.0 for green; say what the guard answers. Each of `signed` is one answer of the registry's."""
    guard = FakeGuardWorld(required_profile=profile, signed=signed, **world)
    status, reason = guard.serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))
    return status, reason, guard


def looks(guard: FakeGuardWorld) -> int:
    return guard.scanned[f"signature of {NEW}"]


def test_a_version_that_was_signed_is_deployed() -> None:
    status, _, guard = released((SIGNED,))

    assert (status, looks(guard)) == ("SUCCESS", 1)


def test_a_signature_that_is_being_made_is_waited_for() -> None:
    status, _, guard = released((), (RUNNING,), (RUNNING,), (SIGNED,))

    assert (status, looks(guard)) == ("SUCCESS", 4)


def test_a_signature_that_failed_is_refused_at_once_with_what_ecr_says_and_what_to_do() -> None:
    status, reason, guard = released((DENIED,))

    assert (status, looks(guard), guard.marked) == ("FAILED", 1, {})
    assert reason == (
        f"shop: version 2.0.0 ({NEW}): the signature with the profile greenlight_images ended as FAILED,"
        " AccessDenied not authorized to perform signer:SignPayload. Whoever pushes needs signer:SignPayload on the"
        " profile; push it again under a new version, or deploy with -c signature_gate=null if users"
        " shall have it all the same"
    )


def test_a_status_that_nobody_knows_is_refused() -> None:
    assert released((Signature(PROFILE, "REVOKED"),))[0] == "FAILED"


@pytest.mark.parametrize(
    ("found", "said", "cure"),
    [
        ((), NOT_BEGUN, PUSH_AGAIN),
        (
            (RUNNING,),
            "it is being signed with the profile greenlight_images",
            "s. Deploy again when it is signed, or deploy with -c",
        ),
        ((Signature(OTHER, "COMPLETE"),), NOT_BEGUN, PUSH_AGAIN),
    ],
    ids=["none", "running", "another account's profile"],
)
def test_what_is_not_signed_at_the_deadline_is_refused_in_time_for_an_answer(
    found: tuple[Signature, ...], said: str, cure: str
) -> None:
    status, reason, _ = released(found)

    assert status == "FAILED"
    assert f"{said}, after 1" in reason
    assert cure in reason
    assert ("Deploy again" in reason) == ("Deploy again" in cure)


def test_a_signature_with_another_profile_that_failed_is_nobodys_matter() -> None:
    assert released((Signature(OTHER, "FAILED"), SIGNED))[0] == "SUCCESS"


def test_a_refused_version_is_not_remembered() -> None:
    assert "2.0.0" not in released((DENIED,))[2].memory


def test_without_the_gate_nobody_asks_for_signatures() -> None:
    status, _, guard = released((DENIED,), profile="")

    assert (status, looks(guard)) == ("SUCCESS", 0)


def test_what_was_deployed_once_is_not_judged_again() -> None:
    known = {version: KnownImage(digest_of(version), 900.0) for version in ("1.0.0", "2.0.0")}

    assert released((DENIED,), memory=known)[0] == "SUCCESS"


def test_an_image_that_came_after_its_version_was_remembered_without_one_is_judged() -> None:
    known = {"1.0.0": KnownImage(digest_of("1.0.0"), 900.0), "2.0.0": KnownImage("", 900.0)}

    assert released((DENIED,), memory=known)[0] == "FAILED"


def test_a_rollback_is_never_refused_for_a_signature() -> None:
    status, _, guard = released((DENIED,), rolling_back=True)

    assert (status, looks(guard)) == ("SUCCESS", 0)


def test_a_color_that_is_created_with_its_stack_is_judged_too() -> None:
    guard = FakeGuardWorld(required_profile=PROFILE, signed=((DENIED,),), live=None, weights=(0, 0))

    assert guard.serve(event("Create", wanted="2.0.0 2.0.0"))[0] == "FAILED"


def test_users_who_come_to_the_color_while_its_signature_is_waited_for_are_spared() -> None:
    asked = list[int]()

    def users_move() -> None:
        asked.append(1)
        if len(asked) == 2:
            guard.weights = (0, FULL_WEIGHT)
            guard.live = remembered(Color.GREEN)

    guard = FakeGuardWorld(
        required_profile=PROFILE, signed=((RUNNING,), (RUNNING,), (SIGNED,)), looks={"signatures": users_move}
    )

    status, reason = guard.serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))

    assert status == "FAILED"
    assert "green is live" in reason


def test_both_gates_have_to_be_passed() -> None:
    grave = {NEW: (Scan("COMPLETE", findings={"CRITICAL": ("CVE-1",)}),)}

    assert released((SIGNED,), refused_severity="HIGH", scans=grave)[0] == "FAILED"
    assert released((DENIED,), refused_severity="HIGH", scans={NEW: (Scan("COMPLETE"),)})[0] == "FAILED"
    assert released((SIGNED,), refused_severity="HIGH", scans={NEW: (Scan("COMPLETE"),)})[0] == "SUCCESS"


def test_both_gates_that_wait_leave_time_for_an_answer() -> None:
    scans = {NEW: (Scan("IN_PROGRESS"),)}
    status, reason, _ = released(*[(RUNNING,)] * 20, (SIGNED,), refused_severity="HIGH", scans=scans)

    assert status == "FAILED"
    assert "the scan is IN_PROGRESS, " in reason


def test_a_scan_for_which_a_signature_left_no_time_is_said_to_have_had_none() -> None:
    last = looks(released((RUNNING,))[2])
    scans = {NEW: (Scan("IN_PROGRESS"),)}
    reason = released(*[(RUNNING,)] * (last - 1), (SIGNED,), refused_severity="HIGH", scans=scans)[1]

    assert "the scan is IN_PROGRESS, and what was asked before it took all the time. Deploy again when" in reason


def test_what_cannot_be_asked_is_refused() -> None:
    status, reason, _ = released((SIGNED,), looks={"signatures": failing(PermissionError("no"))})

    assert status == "FAILED"
    assert "could not be checked" in reason
