"""Images by their digests, and tags that move.

AWS: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html, API_BatchGetImage.html,
API_DescribeImages.html and API_BatchDeleteImage.html: a digest removes the image with all its tags, the last tag too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.runner.images import manifest_of, push_image
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr") as cloud:
        yield cloud


@pytest.fixture
def ecr(cloud: LocalCloud) -> Iterator[Any]:
    client = cloud.client("ecr")
    client.create_repository(repositoryName="shop")
    yield client
    client.delete_repository(repositoryName="shop", force=True)


def got(ecr: Any, **identity: str) -> list[dict[str, str]]:
    """The identities that BatchGetImage answers."""
    return [image["imageId"] for image in ecr.batch_get_image(repositoryName="shop", imageIds=[identity])["images"]]


def move(ecr: Any, tag: str) -> str:
    """Put a tag on another image; return that one's digest."""
    put = ecr.put_image(repositoryName="shop", imageManifest=manifest_of("shop", "another"), imageTag=tag)
    return str(put["image"]["imageId"]["imageDigest"])


def test_an_image_is_found_by_its_digest_as_by_its_tag(ecr: Any) -> None:
    digest = push_image(ecr, "shop", "1.0.0")

    assert got(ecr, imageDigest=digest) == [{"imageDigest": digest}]
    assert got(ecr, imageTag="1.0.0") == [{"imageDigest": digest, "imageTag": "1.0.0"}]


def test_a_tag_that_moves_leaves_the_image_there_by_its_digest(ecr: Any) -> None:
    digest = push_image(ecr, "shop", "1.0.0")

    another = move(ecr, "1.0.0")

    assert got(ecr, imageTag="1.0.0") == [{"imageDigest": another, "imageTag": "1.0.0"}]
    assert got(ecr, imageDigest=digest) == [{"imageDigest": digest}]


def test_a_digest_and_a_tag_together_must_be_of_one_image(ecr: Any) -> None:
    digest = push_image(ecr, "shop", "1.0.0")
    move(ecr, "1.0.0")

    assert got(ecr, imageDigest=digest, imageTag="1.0.0") == []


def test_an_image_is_described_by_its_digest(ecr: Any) -> None:
    digest = push_image(ecr, "shop", "1.0.0")

    (found,) = ecr.describe_images(repositoryName="shop", imageIds=[{"imageDigest": digest}])["imageDetails"]

    assert (found["imageDigest"], found["imageTags"]) == (digest, ["1.0.0"])


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ({"imageTag": "9.9.9"}, "{imageDigest:'null', imageTag:'9.9.9'} does not exist"),
        ({"imageDigest": f"sha256:{'9' * 64}"}, "imageTag:'null'} does not exist"),
    ],
)
def test_an_image_that_is_not_there_cannot_be_described(ecr: Any, identity: dict[str, str], said: str) -> None:
    with pytest.raises(ecr.exceptions.ImageNotFoundException, match=said):
        ecr.describe_images(repositoryName="shop", imageIds=[identity])


def test_deleting_a_digest_takes_every_tag_along(ecr: Any) -> None:
    digest = push_image(ecr, "shop", "1.0.0")
    ecr.put_image(repositoryName="shop", imageManifest=manifest_of("shop", "1.0.0"), imageTag="live-blue")

    ecr.batch_delete_image(repositoryName="shop", imageIds=[{"imageDigest": digest}])

    assert got(ecr, imageTag="live-blue") == got(ecr, imageDigest=digest) == []


def test_an_image_outlives_the_tag_of_its_version_while_another_marks_it(ecr: Any) -> None:
    digest = push_image(ecr, "shop", "1.0.0")
    ecr.put_image(repositoryName="shop", imageManifest=manifest_of("shop", "1.0.0"), imageTag="live-blue")

    ecr.batch_delete_image(repositoryName="shop", imageIds=[{"imageTag": "1.0.0"}])

    assert got(ecr, imageTag="1.0.0") == []
    assert got(ecr, imageDigest=digest) == [{"imageDigest": digest}]
