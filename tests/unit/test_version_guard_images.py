"""What the guard's port says to ECR, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from version_guard.ports.images import Images

REPOSITORY = "greenlight/shop"
INDEX = "application/vnd.oci.image.index.v1+json"


@pytest.fixture
def ecr() -> Iterator[tuple[Images, Stubber]]:
    client: Any = boto3.client("ecr", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield Images(client, REPOSITORY), stub


def _get(stub: Stubber, tag: str, *, found: bool = True) -> None:
    image = {"imageManifest": "{}", "imageManifestMediaType": INDEX}
    failure = {"imageId": {"imageTag": tag}, "failureCode": "ImageNotFound"}
    stub.add_response(
        "batch_get_image",
        {"images": [image] if found else [], "failures": [] if found else [failure]},
        {"repositoryName": REPOSITORY, "imageIds": [{"imageTag": tag}], "acceptedMediaTypes": ANY},
    )


def test_a_tag_that_no_image_has_is_missing(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, "9.9.9", found=False)

    assert images.missing(["9.9.9"]) == {"9.9.9"}


def test_the_newest_tags_come_first_without_those_that_mark_what_runs(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    pushed = [
        {"imageTags": ["1.0.0", "live-blue"], "imagePushedAt": datetime(2026, 1, 1, tzinfo=UTC)},
        {"imageTags": ["3.0.0"], "imagePushedAt": datetime(2026, 3, 1, tzinfo=UTC)},
        {"imageTags": ["2.0.0"], "imagePushedAt": datetime(2026, 2, 1, tzinfo=UTC)},
    ]
    stub.add_response("describe_images", {"imageDetails": pushed}, {"repositoryName": REPOSITORY, "filter": ANY})

    assert images.newest(2) == ["3.0.0", "2.0.0"]


def test_a_mark_is_put_on_the_very_manifest_of_the_version(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, "2.0.0")
    stub.add_response(
        "put_image",
        {},
        {
            "repositoryName": REPOSITORY,
            "imageManifest": "{}",
            "imageManifestMediaType": INDEX,
            "imageTag": "live-green",
        },
    )

    images.mark("live-green", "2.0.0")

    stub.assert_no_pending_responses()


def test_a_mark_that_is_there_already_is_a_success(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, "2.0.0")
    stub.add_client_error("put_image", "ImageAlreadyExistsException")

    images.mark("live-green", "2.0.0")


def test_a_mark_that_the_registry_refuses_is_an_error(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, "2.0.0")
    stub.add_client_error("put_image", "ImageTagAlreadyExistsException")

    with pytest.raises(ClientError, match="ImageTagAlreadyExists"):
        images.mark("live-green", "2.0.0")


def test_an_image_that_is_gone_is_not_marked(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, "1.0.0", found=False)

    images.mark("live-blue", "1.0.0")
