"""Whether an image was signed with the profile that is asked for: facts in, judgment out.

Source: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageSigningStatus.html. ECR says that it had an image
signed; nobody verifies the signature here (decision 0040).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from custom_resource.patience import Patience
from traffic_switch.surroundings import Surroundings
from traffic_switch.verdict import Judgment, failed, passed, wait

from version_guard.gates import until_decided

SIGNED, RUNNING = "COMPLETE", "IN_PROGRESS"
WHEN_SIGNED = "Deploy again when it is signed"
PUSH_AGAIN = "ECR signs what is pushed after its registry was told to: push it again under a new version"
CURE = "-c signature_gate=null if users shall have it all the same"


@dataclass(frozen=True)
class Signature:
    """What ECR says of one image and one signing profile; `said` is why a signature failed."""

    profile_arn: str
    status: str
    said: str = ""


class SignaturesPort(Protocol):
    """What can be asked of one service's repository."""

    def signatures(self, digest: str) -> Sequence[Signature]: ...


def judge_signature(
    version: str, digest: str, profile_arn: str, port: SignaturesPort, patience: Patience, clock: Surroundings
) -> Judgment:
    """Judge what is deployed itself, an index as a whole: it is what a color pulls."""
    seen: list[Signature] = []

    def look() -> Judgment:
        seen[:] = patience(partial(port.signatures, digest))
        return judge(version, digest, profile_arn, seen)

    def overdue(judgment: Judgment, waited: str) -> Judgment:
        is_begun = any(each.profile_arn == profile_arn for each in seen)
        return failed(f"{judgment.reason}, {waited}. {WHEN_SIGNED if is_begun else PUSH_AGAIN}, or deploy with {CURE}")

    return until_decided(look, overdue, patience, clock)


def judge(version: str, digest: str, profile_arn: str, found: Sequence[Signature]) -> Judgment:
    """Judge one look. Signatures with other profiles count for nothing."""
    name, profile = f"version {version} ({digest})", profile_arn.rpartition("/")[2]
    ours = [each for each in found if each.profile_arn == profile_arn]
    if any(each.status == SIGNED for each in ours):
        return passed(f"{name} was signed with {profile}")
    if not ours:
        return wait(f"{name}: no signature with the profile {profile} was begun")
    if any(each.status == RUNNING for each in ours):
        return wait(f"{name}: it is being signed with the profile {profile}")
    said = ", ".join(filter(None, (ours[0].status, ours[0].said)))
    return failed(
        f"{name}: the signature with the profile {profile} ended as {said}. Whoever pushes needs signer:SignPayload on"
        f" the profile; push it again under a new version, or deploy with {CURE}"
    )
