"""Which image a version is, and what is said when nobody may look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import boto3
import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.names import PRODUCTION
from traffic_switch.image import KnownImage

from greenlight.errors import NotDeployedError, ReleaseError
from greenlight.images import sighting

NAMED = (
    "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:BatchGetImage on resource:"
    " arn:aws:ecr:us-east-1:123456789012:repository/greenlight/shop because no identity-based policy allows the"
    " ecr:BatchGetImage action"
)


class FakeEcr:
    """A repository with these tags and the digest of each, or a refusal."""

    class exceptions:  # noqa: N801
        class RepositoryNotFoundException(ClientError):  # noqa: N818
            """As boto3 makes it of the service's model."""

    def __init__(self, images: Mapping[str, str] | None = None, refusal: ClientError | None = None) -> None:
        self._images, self._refusal = images or {}, refusal

    def batch_get_image(
        self,
        repositoryName: str,  # noqa: N803
        imageIds: list[dict[str, str]],  # noqa: N803
        acceptedMediaTypes: Sequence[str],  # noqa: N803
    ) -> dict[str, object]:
        assert repositoryName == "greenlight/shop"
        if self._refusal:
            raise self._refusal
        (asked,) = imageIds
        digest = asked.get("imageDigest") or self._images.get(asked["imageTag"])
        return {"images": [{"imageId": {"imageDigest": digest}}] if digest in self._images.values() else []}


def answers(monkeypatch: pytest.MonkeyPatch, ecr: FakeEcr) -> None:
    monkeypatch.setattr(boto3, "client", lambda service, **_: {"ecr": ecr}[service])


def denied(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "BatchGetImage")


@pytest.mark.parametrize(("version", "digest"), [("2.0.0", "sha256:2"), ("3.0.0", "")])
def test_a_version_has_an_image_or_not(version: str, digest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, FakeEcr({"2.0.0": "sha256:2"}))

    assert sighting("shop", version, None, PRODUCTION).digest == digest


@pytest.mark.parametrize(("others", "is_kept"), [({"live-blue": "sha256:2"}, True), ({}, False)])
def test_of_a_tag_that_moved_it_is_known_whether_the_old_image_is_there(
    others: Mapping[str, str], is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, FakeEcr({"2.0.0": "sha256:other", **others}))

    seen = sighting("shop", "2.0.0", KnownImage("sha256:2"), PRODUCTION)

    assert (seen.moved, seen.digest, seen.is_kept) == (True, "sha256:2", is_kept)


def test_a_repository_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = FakeEcr.exceptions.RepositoryNotFoundException({"Error": {}}, "BatchGetImage")
    answers(monkeypatch, FakeEcr(refusal=missing))

    with pytest.raises(NotDeployedError, match="deploy the stack GreenlightRegistry first"):
        sighting("shop", "2.0.0", None, PRODUCTION)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (NAMED, "ecr:BatchGetImage on the repository greenlight/shop to arn:aws:iam::123456789012:user/ci"),
        ("no", "what BatchGetImage needs on the repository greenlight/shop to your credentials"),
    ],
    ids=["named", "unnamed"],
)
def test_a_denied_look_says_what_was_denied_to_whom(message: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, FakeEcr(refusal=denied(message)))

    with pytest.raises(ReleaseError) as refused:
        sighting("shop", "2.0.0", None, PRODUCTION)

    assert refused.value.message == (
        f"AWS denied {said}, so that nobody knows whether 2.0.0 has an image: allow it, or sign in as somebody who may."
        " Nothing was changed"
    )


def test_another_refusal_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, FakeEcr(refusal=ClientError({"Error": {"Code": "ServerException"}}, "BatchGetImage")))

    with pytest.raises(ClientError, match="ServerException"):
        sighting("shop", "2.0.0", None, PRODUCTION)
