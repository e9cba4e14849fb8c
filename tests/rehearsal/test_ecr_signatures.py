"""Managed signing in the local cloud, and the guard's port that asks for it.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html and
docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageSigningStatus.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from version_guard.ports.signatures import Signatures
from version_guard.signature import Signature

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.runner.images import manifest_of, push_image
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

PUSH = [
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
SHOP, OTHER = "greenlight/shop", "elsewhere/shop"
SIGN = "signer:SignPayload"


def arn(profile: str) -> str:
    return f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/{profile}"


def signed_with(ecr: Any, *profiles: str, repositories: str = "greenlight/*") -> None:
    """Tell the registry to sign what is pushed into these repositories."""
    filters = [{"filter": repositories, "filterType": "WILDCARD_MATCH"}]
    rules = [{"signingProfileArn": arn(profile), "repositoryFilters": filters} for profile in profiles]
    ecr.put_signing_configuration(signingConfiguration={"rules": rules})


def found(ecr: Any, digest: str, repository: str = SHOP) -> Sequence[Signature]:
    return Signatures(ecr, repository).signatures(digest)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr") as cloud:
        signer = cloud.client("signer")
        for profile in ("first", "second", "canceled"):
            signer.put_signing_profile(profileName=profile, platformId="Notation-OCI-SHA384-ECDSA")
        signer.cancel_signing_profile(profileName="canceled")
        yield cloud


@pytest.fixture
def ecr(cloud: LocalCloud) -> Iterator[Any]:
    client = cloud.client("ecr")
    for name in (SHOP, OTHER):
        client.create_repository(repositoryName=name)
    signed_with(client, "first")
    yield client
    for name in (SHOP, OTHER):
        client.delete_repository(repositoryName=name, force=True)


def test_what_is_pushed_is_signed_with_the_profile_of_the_rule(ecr: Any) -> None:
    assert found(ecr, push_image(ecr, SHOP, "1.0.0")) == (Signature(arn("first"), "COMPLETE"),)


def test_a_repository_that_no_rule_names_is_not_signed(ecr: Any) -> None:
    assert found(ecr, push_image(ecr, OTHER, "2.0.0"), OTHER) == ()


def test_each_profile_of_the_rules_has_a_status_of_its_own(ecr: Any) -> None:
    signed_with(ecr, "first", "second")

    statuses = found(ecr, push_image(ecr, SHOP, "3.0.0"))
    assert sorted(each.profile_arn for each in statuses) == [arn("first"), arn("second")]


def test_what_was_pushed_before_there_was_a_rule_is_not_signed(ecr: Any) -> None:
    signed_with(ecr)
    digest = push_image(ecr, SHOP, "4.0.0")
    signed_with(ecr, "first")

    assert found(ecr, digest) == ()


def test_a_signature_is_an_artifact_of_the_image_without_a_tag(ecr: Any) -> None:
    digest = push_image(ecr, SHOP, "5.0.0")

    images = ecr.describe_images(repositoryName=SHOP)["imageDetails"]
    assert sorted(len(each["imageTags"]) for each in images) == [0, 1]
    (artifact,) = (each["imageDigest"] for each in images if each["imageDigest"] != digest)
    (manifest,) = ecr.batch_get_image(repositoryName=SHOP, imageIds=[{"imageDigest": artifact}])["images"]
    assert digest in manifest["imageManifest"]
    assert found(ecr, artifact) == ()


@pytest.mark.parametrize(("name", "more", "status"), [("signer", [SIGN], "COMPLETE"), ("pusher", [], "FAILED")])
def test_it_is_signed_with_the_rights_of_who_pushes(
    cloud: LocalCloud, ecr: Any, name: str, more: list[str], status: str
) -> None:
    client = cloud.user("ecr", name, [*PUSH, *more])

    (signature,) = found(ecr, push_image(client, SHOP, f"by-{name}"))

    assert signature.status == status
    assert ("not authorized to perform signer:SignPayload" in signature.said) is (status == "FAILED")


def test_a_right_to_sign_with_another_profile_is_none(cloud: LocalCloud, ecr: Any) -> None:
    client = cloud.user("ecr", "elsewhere", [*PUSH, SIGN], resource=f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{SHOP}")

    assert [each.status for each in found(ecr, push_image(client, SHOP, "6.0.0"))] == ["FAILED"]


def test_a_profile_that_was_canceled_signs_nothing(ecr: Any) -> None:
    signed_with(ecr, "canceled")

    (signature,) = found(ecr, push_image(ecr, SHOP, "7.0.0"))
    assert (signature.status, "is not active" in signature.said) == ("FAILED", True)


def test_a_tag_more_on_an_image_changes_nothing_about_its_signature(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, SHOP, "8.0.0")
    marker = cloud.user("ecr", "marker", ["ecr:PutImage"])
    marker.put_image(repositoryName=SHOP, imageManifest=manifest_of(SHOP, "8.0.0"), imageTag="live-blue")

    assert found(ecr, digest) == (Signature(arn("first"), "COMPLETE"),)


def test_a_planted_status_is_told(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, SHOP, "9.0.0")
    cloud.control("signatures", {"digest": digest, "profile": arn("first"), "status": "IN_PROGRESS"})
    assert found(ecr, digest) == (Signature(arn("first"), "IN_PROGRESS"),)

    cloud.control("signatures", {"digest": digest, "profile": arn("first"), "status": None})
    assert found(ecr, digest) == ()


def test_an_image_that_is_not_there_is_refused(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.ImageNotFoundException):
        found(ecr, f"sha256:{'0' * 64}")


def test_who_may_not_ask_is_refused(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, SHOP, "10.0.0")
    stranger = cloud.user("ecr", "stranger", ["ecr:BatchGetImage"])

    with pytest.raises(Exception, match="not authorized to perform: ecr:DescribeImageSigningStatus"):
        found(stranger, digest)
