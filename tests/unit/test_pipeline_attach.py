"""What is kept beside an image: the list of what is in it, and where it comes from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from greenlight.commands.pipeline import sbom as pipeline_sbom
from greenlight.delivery.attachment import SBOM_TYPE, Attachment
from greenlight.delivery.provenance import Origin, statement
from greenlight.delivery.service_images import ServiceImages
from greenlight.errors import ReleaseError
from tests.unit.operator_world import Desk, seated

SUBJECT = '{"layers": []}'
HASH = hashlib.sha256(SUBJECT.encode()).hexdigest()
DIGEST = f"sha256:{HASH}"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
LISTED = b'{"bomFormat": "CycloneDX"}'
LIST = Attachment("sbom", SBOM_TYPE, LISTED)
SBOM = f"sha256-{HASH}.sbom"
ORIGIN = Origin("acme/storefront", "services/shop", "c0ffee", "linux/arm64")


def refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


class FakeEcr:
    """One image, what is uploaded, and what is put; parts are at most ten bytes long."""

    def __init__(self) -> None:
        self.images = {DIGEST: SUBJECT}
        self.blobs: dict[str, bytes] = {}
        self.beginning = b""
        self.refuses = ""
        self.quicker: dict[str, str] = {}
        self.is_uploaded_twice = False

    def batch_get_image(self, **asked: Any) -> Any:
        ((name,),) = (each.values() for each in asked["imageIds"])
        found = self.images.get(name)
        return {"images": [{"imageManifest": found, "imageManifestMediaType": MANIFEST}] if found else []}

    def batch_check_layer_availability(self, **asked: Any) -> Any:
        (digest,) = asked["layerDigests"]
        return {"layers": [{"layerAvailability": "AVAILABLE" if digest in self.blobs else "UNAVAILABLE"}]}

    def initiate_layer_upload(self, **asked: Any) -> Any:
        self.beginning = b""
        return {"uploadId": "u", "partSize": 10}

    def upload_layer_part(self, **asked: Any) -> None:
        assert asked["partFirstByte"] == len(self.beginning)
        self.beginning += asked["layerPartBlob"]
        assert asked["partLastByte"] == len(self.beginning) - 1

    def complete_layer_upload(self, **asked: Any) -> None:
        (digest,) = asked["layerDigests"]
        self.blobs[digest] = self.beginning
        if self.is_uploaded_twice:
            raise refusal("LayerAlreadyExistsException", "CompleteLayerUpload")

    def put_image(self, **asked: Any) -> None:
        if self.refuses:
            self.images |= self.quicker
            raise refusal(self.refuses, "PutImage")
        self.images[asked["imageTag"]] = asked["imageManifest"]


@pytest.fixture
def ecr() -> FakeEcr:
    return FakeEcr()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ecr: FakeEcr) -> Desk:
    monkeypatch.setattr(pipeline_sbom, "ServiceImages", lambda repository: ServiceImages(repository, ecr))
    desk = seated(tmp_path, monkeypatch)
    (desk.folder / "sbom.json").write_bytes(LISTED)
    return desk


def attach(desk: Desk, *more: str, digest: str = DIGEST) -> tuple[int, str]:
    return desk.type("pipeline", "attach", "shop", digest, "--sbom", "sbom.json", *more)


def about(digest: str) -> str:
    """A manifest of something that is kept beside an image."""
    return json.dumps({"subject": {"digest": digest}})


def kept(ecr: FakeEcr, kind: str) -> dict[str, Any]:
    return dict(json.loads(ecr.images[f"sha256-{HASH}.{kind}"]))


def test_the_list_names_the_image_as_its_subject(desk: Desk, ecr: FakeEcr) -> None:
    assert attach(desk)[0] == 0

    assert kept(ecr, "sbom")["artifactType"] == SBOM_TYPE
    assert kept(ecr, "sbom")["subject"] == {
        "mediaType": MANIFEST,
        "digest": DIGEST,
        "size": len(SUBJECT),
    }


INDEX = f"sha256:{'1' * 64}"


def index(**images: str) -> str:
    """An index of images by their processors."""
    children = [{"digest": each, "platform": {"os": "linux", "architecture": name}} for name, each in images.items()]
    return json.dumps({"manifests": children})


def test_of_an_index_the_list_is_kept_beside_its_image_for_the_platform(desk: Desk, ecr: FakeEcr) -> None:
    ecr.images[INDEX] = index(amd64=f"sha256:{'2' * 64}", arm64=DIGEST)

    assert attach(desk, "--platform", "linux/arm64", digest=INDEX)[0] == 0
    assert kept(ecr, "sbom")["subject"]["digest"] == DIGEST


def test_an_index_without_the_platform_is_refused(desk: Desk, ecr: FakeEcr) -> None:
    ecr.images[INDEX] = index(s390x=DIGEST)
    code, said = attach(desk, "--platform", "linux/arm64", digest=INDEX)

    assert code == 1
    assert "is an index for linux/s390x; allowed: one with an image for linux/arm64" in said


def test_the_list_is_uploaded_whole_in_parts(desk: Desk, ecr: FakeEcr) -> None:
    attach(desk)
    (layer,) = kept(ecr, "sbom")["layers"]

    assert ecr.blobs[layer["digest"]] == LISTED
    assert layer["size"] == len(LISTED)
    assert ecr.blobs[kept(ecr, "sbom")["config"]["digest"]] == b"{}"


def test_an_image_that_this_build_did_not_build_gets_no_provenance(desk: Desk, ecr: FakeEcr) -> None:
    attach(desk)

    assert not [name for name in ecr.images if name.endswith(".provenance")]


def test_the_provenance_of_an_image_says_its_commit_and_folder(
    desk: Desk, ecr: FakeEcr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEBUILD_BUILD_ARN", "arn:aws:codebuild:eu-west-1:1:build/GreenlightPipeline-Image:7")
    attach(desk, "--built-from", "c0ffee")
    (layer,) = kept(ecr, "provenance")["layers"]
    said = json.loads(ecr.blobs[layer["digest"]])

    assert said["subject"] == [{"name": "greenlight/shop", "digest": {"sha256": HASH}}]
    assert said["predicate"]["buildDefinition"]["resolvedDependencies"][0]["digest"] == {"gitCommit": "c0ffee"}
    assert said["predicate"]["buildDefinition"]["externalParameters"]["folder"] == "services/shop"
    assert said["predicate"]["runDetails"] == {
        "builder": {"id": "arn:aws:codebuild:eu-west-1:1:build/GreenlightPipeline-Image"},
        "metadata": {"invocationId": "arn:aws:codebuild:eu-west-1:1:build/GreenlightPipeline-Image:7"},
    }


def test_a_job_of_githubs_is_named_with_its_workflow_and_its_run() -> None:
    told = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "octocat/shop",
        "GITHUB_WORKFLOW_REF": "octocat/shop/.github/workflows/release.yml@refs/heads/main",
        "GITHUB_RUN_ID": "42",
    }
    said = statement("shop", DIGEST, ORIGIN, told)["predicate"]

    assert said["buildDefinition"]["resolvedDependencies"][0]["uri"] == "https://github.com/octocat/shop"
    assert said["runDetails"]["builder"]["id"] == f"https://github.com/{told['GITHUB_WORKFLOW_REF']}"
    assert said["runDetails"]["metadata"]["invocationId"] == "https://github.com/octocat/shop/actions/runs/42"


def test_what_somebody_builds_by_hand_says_so() -> None:
    assert statement("shop", DIGEST, ORIGIN, {})["predicate"]["runDetails"]["builder"]["id"] == "urn:greenlight:by-hand"


def test_what_is_there_already_stays(desk: Desk, ecr: FakeEcr) -> None:
    attach(desk)
    first = ecr.images[f"sha256-{HASH}.sbom"]
    (desk.folder / "sbom.json").write_text("{}")
    code, said = attach(desk)

    assert code == 0
    assert "its sbom was there already" in said
    assert ecr.images[f"sha256-{HASH}.sbom"] == first


@pytest.mark.parametrize("code", ["ImageAlreadyExistsException", "ImageTagAlreadyExistsException"])
def test_another_build_that_was_quicker_is_no_failure(ecr: FakeEcr, code: str) -> None:
    ecr.refuses, ecr.quicker = code, {SBOM: about(DIGEST)}

    assert not ServiceImages("shop", ecr).attach(DIGEST, LIST)


@pytest.mark.parametrize(
    "taken", ['{"config": {}}', '{"subject": null}', json.dumps({"subject": {"digest": "sha256:other"}})]
)
@pytest.mark.parametrize("is_quicker", [False, True])
def test_a_tag_that_somebody_took_for_something_else_is_told(ecr: FakeEcr, taken: str, is_quicker: bool) -> None:
    if is_quicker:
        ecr.refuses, ecr.quicker = "ImageTagAlreadyExistsException", {SBOM: taken}
    else:
        ecr.images[SBOM] = taken

    with pytest.raises(
        ReleaseError, match=rf"the tag {SBOM} of shop is on something about .*; allowed: about {DIGEST}"
    ):
        ServiceImages("shop", ecr).attach(DIGEST, LIST)


def test_a_layer_that_another_build_uploads_meanwhile_is_no_failure(ecr: FakeEcr) -> None:
    ecr.is_uploaded_twice = True

    assert ServiceImages("shop", ecr).attach(DIGEST, LIST)


def test_a_registry_that_refuses_is_told_in_one_line(desk: Desk, ecr: FakeEcr) -> None:
    ecr.refuses = "AccessDeniedException"
    code, said = attach(desk)

    assert code == 1
    assert "the repository greenlight/shop could not be used: AWS denied" in said


def test_an_image_that_is_not_there_is_told(ecr: FakeEcr) -> None:
    with pytest.raises(ReleaseError, match="has no image sha256:b: push it first"):
        ServiceImages("shop", ecr).attach("sha256:b", LIST)
