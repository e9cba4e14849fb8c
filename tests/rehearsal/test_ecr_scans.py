"""Scans of images, and the guard that asks for them.

AWS: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from version_guard.ports.scans import Scans
from version_guard.scan import Scan

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
    client.create_repository(repositoryName="shop", imageScanningConfiguration={"scanOnPush": True})
    yield client
    client.delete_repository(repositoryName="shop", force=True)


def found(cloud: LocalCloud, digest: str, status: str, *findings: dict[str, Any]) -> None:
    cloud.control("scans", {"digest": digest, "status": status, "findings": findings})


def test_what_is_pushed_is_scanned_where_the_repository_scans(ecr: Any) -> None:
    digest = push_image(ecr, "shop", "1.0.0")

    assert Scans(ecr, "shop").scan(digest) == Scan("COMPLETE")


def test_nothing_is_scanned_where_the_repository_does_not_scan(ecr: Any) -> None:
    ecr.put_image_scanning_configuration(repositoryName="shop", imageScanningConfiguration={"scanOnPush": False})
    digest = push_image(ecr, "shop", "2.0.0")

    assert Scans(ecr, "shop").scan(digest).status == ""


def test_a_planted_finding_is_found(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, "shop", "3.0.0")
    found(cloud, digest, "COMPLETE", {"name": "CVE-1", "severity": "CRITICAL"})

    assert Scans(ecr, "shop").scan(digest) == Scan("COMPLETE", "", {"CRITICAL": ("CVE-1",)})


def test_a_planted_finding_of_inspector_is_found(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, "shop", "4.0.0")
    found(cloud, digest, "ACTIVE", {"title": "CVE-2", "severity": "HIGH", "status": "ACTIVE"})

    assert Scans(ecr, "shop").scan(digest) == Scan("ACTIVE", "", {"HIGH": ("CVE-2",)})


def test_an_index_is_not_scanned_and_its_images_are(ecr: Any) -> None:
    image = push_image(ecr, "shop", "5.0.0")
    manifest = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [{"mediaType": "image", "digest": image}]}
    put = ecr.put_image(
        repositoryName="shop", imageManifest=json.dumps(manifest), imageManifestMediaType=INDEX, imageTag="both"
    )
    index = put["image"]["imageId"]["imageDigest"]

    assert Scans(ecr, "shop").scan(index).status == ""
    assert Scans(ecr, "shop").platforms(index) == (image,)
    assert Scans(ecr, "shop").scan(image).status == "COMPLETE"


def test_an_image_that_is_not_there_is_refused(ecr: Any) -> None:
    with pytest.raises(Exception, match="ImageNotFoundException"):
        Scans(ecr, "shop").scan(f"sha256:{'0' * 64}")


def test_who_may_not_read_scans_is_refused(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, "shop", "6.0.0")
    stranger = cloud.user("ecr", "puller", ["ecr:BatchGetImage"])

    with pytest.raises(Exception, match="not authorized to perform: ecr:DescribeImageScanFindings"):
        Scans(stranger, "shop").scan(digest)
