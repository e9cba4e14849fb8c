"""Indexes of images for several platforms in the local ECR.

AWS: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html (ReferencedImagesNotFoundException) and
API_ImageFailure.html (ImageReferencedByManifestList).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.runner.images import push_image
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

INDEX = "application/vnd.oci.image.index.v1+json"


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


def join(ecr: Any, *digests: str) -> str:
    text = json.dumps({"mediaType": INDEX, "manifests": [{"digest": each} for each in digests]})
    put = ecr.put_image(repositoryName="shop", imageManifest=text, imageManifestMediaType=INDEX, imageTag="1.0.0")
    return str(put["image"]["imageId"]["imageDigest"])


def test_an_index_of_what_is_not_there_is_refused(ecr: Any) -> None:
    there = push_image(ecr, "shop", "part-1")

    with pytest.raises(ecr.exceptions.ReferencedImagesNotFoundException):
        join(ecr, there, f"sha256:{'0' * 64}")


@pytest.mark.parametrize("by", ["imageDigest", "imageTag"])
def test_what_an_index_names_cannot_be_deleted_before_it(ecr: Any, by: str) -> None:
    part = push_image(ecr, "shop", "part-1")
    index = join(ecr, part)
    identity = {"imageDigest": part} if by == "imageDigest" else {"imageTag": "part-1"}

    answer = ecr.batch_delete_image(repositoryName="shop", imageIds=[identity])
    assert [each["failureCode"] for each in answer["failures"]] == ["ImageReferencedByManifestList"]

    ecr.batch_delete_image(repositoryName="shop", imageIds=[{"imageDigest": index}])
    assert ecr.batch_delete_image(repositoryName="shop", imageIds=[identity])["failures"] == []
