"""What the guard's port says to ECR, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from traffic_switch.image import Reference
from version_guard.ports.images import Images

REPOSITORY = "greenlight/shop"
INDEX = "application/vnd.oci.image.index.v1+json"
DIGEST = f"sha256:{'a' * 64}"


@pytest.fixture
def ecr() -> Iterator[tuple[Images, Stubber]]:
    client: Any = boto3.client("ecr", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield Images(client, REPOSITORY), stub


def _get(stub: Stubber, identity: dict[str, str], *, found: bool = True) -> None:
    image = {"imageId": {"imageDigest": DIGEST}, "imageManifest": "{}", "imageManifestMediaType": INDEX}
    failure = {"imageId": identity, "failureCode": "ImageNotFound"}
    stub.add_response(
        "batch_get_image",
        {"images": [image] if found else [], "failures": [] if found else [failure]},
        {"repositoryName": REPOSITORY, "imageIds": [identity], "acceptedMediaTypes": ANY},
    )


@pytest.mark.parametrize(("found", "digest"), [(True, DIGEST), (False, "")])
def test_a_tag_has_the_digest_of_what_it_names_or_none(ecr: tuple[Images, Stubber], found: bool, digest: str) -> None:
    images, stub = ecr
    _get(stub, {"imageTag": "9.9.9"}, found=found)

    assert images.digest("9.9.9") == digest


@pytest.mark.parametrize("found", [True, False])
def test_an_image_is_there_by_its_digest_or_not(ecr: tuple[Images, Stubber], found: bool) -> None:
    images, stub = ecr
    _get(stub, {"imageDigest": DIGEST}, found=found)

    assert images.has(DIGEST) is found


def test_a_color_that_was_started_by_its_tag_is_marked_by_it(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, {"imageTag": "1.0.0"}, found=False)

    images.mark("live-blue", Reference("1.0.0"))

    stub.assert_no_pending_responses()


def test_the_newest_tags_come_first_without_those_that_name_no_version(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    pushed = [
        {"imageTags": ["1.0.0", "live-blue"], "imagePushedAt": datetime(2026, 1, 1, tzinfo=UTC)},
        {"imageTags": ["part-7-1-arm64"], "imagePushedAt": datetime(2026, 4, 1, tzinfo=UTC)},
        {"imageTags": ["3.0.0"], "imagePushedAt": datetime(2026, 3, 1, tzinfo=UTC)},
        {"imageTags": ["2.0.0"], "imagePushedAt": datetime(2026, 2, 1, tzinfo=UTC)},
        {"imageTags": [f"{DIGEST.replace(':', '-')}.sbom"], "imagePushedAt": datetime(2026, 3, 2, tzinfo=UTC)},
    ]
    stub.add_response("describe_images", {"imageDetails": pushed}, {"repositoryName": REPOSITORY, "filter": ANY})

    assert images.newest(2) == ["3.0.0", "2.0.0"]


def test_a_mark_is_put_on_the_very_manifest_of_the_digest(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, {"imageDigest": DIGEST})
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

    images.mark("live-green", Reference("2.0.0", DIGEST))

    stub.assert_no_pending_responses()


def test_a_mark_that_is_there_already_is_a_success(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, {"imageDigest": DIGEST})
    stub.add_client_error("put_image", "ImageAlreadyExistsException")

    images.mark("live-green", Reference("2.0.0", DIGEST))


def test_a_mark_that_the_registry_refuses_is_an_error(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, {"imageDigest": DIGEST})
    stub.add_client_error("put_image", "ImageTagAlreadyExistsException")

    with pytest.raises(ClientError, match="ImageTagAlreadyExists"):
        images.mark("live-green", Reference("2.0.0", DIGEST))


def test_an_image_that_is_gone_is_not_marked(ecr: tuple[Images, Stubber]) -> None:
    images, stub = ecr
    _get(stub, {"imageDigest": DIGEST}, found=False)

    images.mark("live-blue", Reference("1.0.0", DIGEST))
