"""The list of an image's contents, made by the real syft and kept in the local cloud with the rights of a build.

ECR user guide, "Using images": an artifact of the OCI image specification 1.1 names its image as its subject.
"""

from __future__ import annotations

import itertools
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from greenlight_cdk.delivery_rights import DeliveryGrounds, push

from greenlight.delivery.attachment import SBOM_TYPE, Attachment
from greenlight.delivery.sbom import write_sbom
from greenlight.delivery.service_images import ServiceImages
from greenlight.errors import ProjectError, ReleaseError
from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.runner.images import push_image
from tests.rehearsal.local_cloud import LocalCloud, started
from tests.unit.image_archives import archive

pytestmark = pytest.mark.rehearsal

REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shop"
GROUNDS = DeliveryGrounds(journal="arn:none", repositories=(REPOSITORY,), stacks=(), bootstrap_roles=())
NUMBERS = itertools.count()
PACKAGE = json.dumps({"name": "express", "version": "5.2.1", "license": "MIT"}).encode()
BUSYBOX = b"P:busybox\nV:1.37.0-r1\nA:x86_64\nL:GPL-2.0-only\n\n"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr") as cloud:
        cloud.client("ecr").create_repository(repositoryName="shop")
        yield cloud


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image")
    base = {"etc/os-release": b"ID=alpine\nVERSION_ID=3.24.0\n", "lib/apk/db/installed": BUSYBOX}
    image = archive(folder / "image.tar", base, {"app/node_modules/express/package.json": PACKAGE})
    assert write_sbom(image, folder / "out" / "sbom.json", service="shop", version="2.0.0") >= 2
    return folder / "out" / "sbom.json"


def as_a_build(cloud: LocalCloud, *, without: str = "") -> Any:
    """ECR, for somebody who may do to the repository what a build that pushes may."""
    (allowance,) = (each for each in push(GROUNDS) if each.resources == (REPOSITORY,))
    actions = [each for each in allowance.actions if each != without]
    return cloud.user("ecr", f"build-without-{without.partition(':')[2] or next(NUMBERS)}", actions, REPOSITORY)


def test_the_list_has_packages_of_the_base_and_of_the_service_with_versions_and_licenses(listed: Path) -> None:
    said = json.loads(listed.read_text())
    found = {each["name"]: each for each in said["components"]}

    assert (said["bomFormat"], said["metadata"]["component"]["name"]) == ("CycloneDX", "shop")
    assert found["express"]["version"] == "5.2.1"
    assert found["express"]["licenses"] == [{"license": {"id": "MIT"}}]
    assert found["busybox"]["version"] == "1.37.0-r1"


def test_what_is_no_image_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_bytes(b"no image")

    with pytest.raises(ProjectError, match=r"image\.tar could not be listed: syft ended with exit code 1: [^\n]+$"):
        write_sbom(tmp_path / "image.tar", tmp_path / "sbom.json", service="shop", version="1")


def test_a_build_may_keep_it_beside_the_image_and_whoever_may_pull_reads_it(cloud: LocalCloud, listed: Path) -> None:
    digest = push_image(cloud.client("ecr"), "shop", "2.0.0")
    attachment = Attachment("sbom", SBOM_TYPE, listed.read_bytes())

    assert ServiceImages("shop", as_a_build(cloud)).attach(digest, attachment)

    ecr = cloud.client("ecr")
    tag = [{"imageTag": attachment.tag(digest)}]
    (kept,) = ecr.batch_get_image(repositoryName="shop", imageIds=tag)["images"]
    manifest = json.loads(kept["imageManifest"])
    assert manifest["subject"]["digest"] == digest
    layer = manifest["layers"][0]["digest"]
    url = ecr.get_download_url_for_layer(repositoryName="shop", layerDigest=layer)["downloadUrl"]
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert json.loads(answer.read()) == json.loads(listed.read_text())


def test_a_second_build_of_the_same_image_keeps_nothing_twice(cloud: LocalCloud, listed: Path) -> None:
    digest = push_image(cloud.client("ecr"), "shop", "2.0.1")
    images, attachment = ServiceImages("shop", as_a_build(cloud)), Attachment("sbom", SBOM_TYPE, listed.read_bytes())

    assert [images.attach(digest, attachment) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    "action",
    [
        "ecr:BatchGetImage",
        "ecr:BatchCheckLayerAvailability",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
    ],
)
def test_a_build_without_one_of_its_rights_keeps_nothing_and_says_why(cloud: LocalCloud, action: str) -> None:
    digest = push_image(cloud.client("ecr"), "shop", "2.0.2")
    attachment = Attachment("sbom", SBOM_TYPE, json.dumps({"without": action}).encode())

    with pytest.raises(ReleaseError, match=f"the repository shop could not be used: AWS denied {action}"):
        ServiceImages("shop", as_a_build(cloud, without=action)).attach(digest, attachment)
