"""Whether a version has an image, and what is said when nobody may look."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.names import PRODUCTION

from greenlight.errors import NotDeployedError, ReleaseError
from greenlight.images import has_image

NAMED = (
    "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:BatchGetImage on resource:"
    " arn:aws:ecr:us-east-1:123456789012:repository/greenlight/shop because no identity-based policy allows the"
    " ecr:BatchGetImage action"
)


class FakeEcr:
    """A repository with these images, or a refusal."""

    class exceptions:  # noqa: N801
        class RepositoryNotFoundException(ClientError):  # noqa: N818
            """As boto3 makes it of the service's model."""

    def __init__(self, images: tuple[str, ...] = (), refusal: ClientError | None = None) -> None:
        self._images, self._refusal = images, refusal

    def batch_get_image(self, repositoryName: str, imageIds: list[dict[str, str]]) -> dict[str, object]:  # noqa: N803
        assert repositoryName == "greenlight/shop"
        if self._refusal:
            raise self._refusal
        return {"images": [each for each in imageIds if each["imageTag"] in self._images]}


def answers(monkeypatch: pytest.MonkeyPatch, ecr: FakeEcr) -> None:
    monkeypatch.setattr(boto3, "client", lambda service, **_: {"ecr": ecr}[service])


def denied(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "BatchGetImage")


@pytest.mark.parametrize(("version", "is_there"), [("2.0.0", True), ("3.0.0", False)])
def test_a_version_has_an_image_or_not(version: str, is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, FakeEcr(("2.0.0",)))

    assert has_image("shop", version, PRODUCTION) is is_there


def test_a_repository_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = FakeEcr.exceptions.RepositoryNotFoundException({"Error": {}}, "BatchGetImage")
    answers(monkeypatch, FakeEcr(refusal=missing))

    with pytest.raises(NotDeployedError, match="deploy the stack GreenlightRegistry first"):
        has_image("shop", "2.0.0", PRODUCTION)


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
        has_image("shop", "2.0.0", PRODUCTION)

    assert refused.value.message == (
        f"AWS denied {said}, so that nobody knows whether 2.0.0 has an image: allow it, or sign in as somebody who may."
        " Nothing was changed"
    )


def test_another_refusal_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, FakeEcr(refusal=ClientError({"Error": {"Code": "ServerException"}}, "BatchGetImage")))

    with pytest.raises(ClientError, match="ServerException"):
        has_image("shop", "2.0.0", PRODUCTION)
