"""What the guard's port asks ECR of signatures, and what it makes of the answers.

AWS: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageSigningStatus.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from version_guard.ports.signatures import Signatures
from version_guard.signature import Signature

DIGEST = f"sha256:{'a' * 64}"
PROFILE = "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/greenlight_images"
ASKED = {"repositoryName": "greenlight/shop", "imageId": {"imageDigest": DIGEST}}
CALL = "describe_image_signing_status"


@pytest.fixture
def ecr() -> Iterator[tuple[Signatures, Stubber]]:
    client: Any = boto3.client("ecr", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield Signatures(client, "greenlight/shop"), stub
        stub.assert_no_pending_responses()


def test_each_profile_has_a_status_and_a_failure_its_reason(ecr: tuple[Signatures, Stubber]) -> None:
    signatures, stub = ecr
    failed = {"status": "FAILED", "failureCode": "AccessDenied", "failureReason": "not authorized"}
    statuses = [{"signingProfileArn": PROFILE, "status": "COMPLETE"}, {"signingProfileArn": f"{PROFILE}2", **failed}]
    stub.add_response(CALL, {"signingStatuses": statuses}, ASKED)

    assert signatures.signatures(DIGEST) == (
        Signature(PROFILE, "COMPLETE"),
        Signature(f"{PROFILE}2", "FAILED", "AccessDenied not authorized"),
    )


def test_an_image_that_was_never_to_be_signed_has_none(ecr: tuple[Signatures, Stubber]) -> None:
    signatures, stub = ecr
    stub.add_response(CALL, {}, ASKED)

    assert signatures.signatures(DIGEST) == ()


@pytest.mark.parametrize("code", ["ThrottlingException", "ServerException"])
def test_a_registry_that_is_busy_says_nothing_yet(ecr: tuple[Signatures, Stubber], code: str) -> None:
    signatures, stub = ecr
    stub.add_client_error(CALL, code)

    assert signatures.signatures(DIGEST) == ()


@pytest.mark.parametrize("code", ["AccessDeniedException", "ImageNotFoundException"])
def test_any_other_refusal_is_an_error(ecr: tuple[Signatures, Stubber], code: str) -> None:
    signatures, stub = ecr
    stub.add_client_error(CALL, code)

    with pytest.raises(Exception, match=code):
        signatures.signatures(DIGEST)
