"""Images: references are read as Docker reads them, and the registry says what a tag holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from greenlight.rehearsal.runner.errors import ImageNotFoundError, PlatformError, VersionError
from greenlight.rehearsal.runner.images import StoredImage, digest_of, manifest_of, pull_image, push_image
from greenlight.rehearsal.runner.spec import ImageReference, RestartPolicy

REGISTRY = "000000000000.dkr.ecr.us-east-1.amazonaws.com"


class FakeRegistry:
    """One repository: manifests by tag, as BatchGetImage answers them."""

    def __init__(self) -> None:
        self.tags: dict[str, str] = {}
        self.pushes = 0
        self.uploaded = ""
        self.blobs: list[str] = []
        self.layers: list[tuple[str, str]] = []

    def put_image(self, **parameters: Any) -> None:
        self.pushes += 1
        self.tags[parameters["imageTag"]] = parameters["imageManifest"]

    def initiate_layer_upload(self, **parameters: Any) -> Any:
        return {"uploadId": "1"}

    def upload_layer_part(self, **parameters: Any) -> None:
        self.uploaded = parameters["layerPartBlob"].decode()

    def complete_layer_upload(self, **parameters: Any) -> None:
        assert parameters["layerDigests"] == [digest_of(self.uploaded)]
        self.blobs.append(self.uploaded)

    def batch_get_image(self, **parameters: Any) -> Any:
        wanted = parameters["imageIds"][0]
        found = [
            each
            for tag, each in self.tags.items()
            if wanted.get("imageTag") == tag or wanted.get("imageDigest") == digest_of(each)
        ]
        images = [{"imageManifest": each, "imageId": {"imageDigest": digest_of(each)}} for each in found[:1]]
        return {"images": images}

    def batch_check_layer_availability(self, **parameters: Any) -> None:
        self.layers.append(("BatchCheckLayerAvailability", parameters["layerDigests"][0]))

    def get_download_url_for_layer(self, **parameters: Any) -> Any:
        self.layers.append(("GetDownloadUrlForLayer", parameters["layerDigest"]))
        return {"downloadUrl": f"https://s3/{parameters['layerDigest']}"}

    def fetch(self, url: str) -> bytes:
        return next(blob for blob in self.blobs if url.endswith(digest_of(blob))).encode()

    def pull(self, image: str) -> StoredImage:
        return pull_image(self, ImageReference.parse(image), self.fetch)


@pytest.mark.parametrize(
    ("text", "service", "tag", "digest"),
    [
        (f"{REGISTRY}/greenlight/shop:1.0.0", "shop", "1.0.0", None),
        (f"{REGISTRY}/greenlight/shop", "shop", "latest", None),
        ("greenlight/report:feature_x", "report", "feature_x", None),
        ("greenlight-staging/report:1", "report", "1", None),
        (f"{REGISTRY}/greenlight/shop@sha256:ab", "shop", None, "sha256:ab"),
    ],
)
def test_a_reference_is_read_as_docker_reads_it(text: str, service: str, tag: str | None, digest: str | None) -> None:
    reference = ImageReference.parse(text)

    assert (reference.service, reference.tag, reference.digest) == (service, tag, digest)


def test_a_reference_is_written_as_it_was_read() -> None:
    text = f"{REGISTRY}/greenlight/shop:1.0.0"

    assert str(ImageReference.parse(text)) == text


def test_a_tag_that_a_registry_would_refuse_is_refused() -> None:
    with pytest.raises(VersionError, match="a tag matches"):
        ImageReference.parse("greenlight/shop:-rf")


@pytest.mark.parametrize("repository", ["greenlight/shop", "greenlight-staging/shop"])
def test_an_image_names_its_service_whichever_stage_it_is_of(repository: str) -> None:
    assert ImageReference.parse(f"{repository}:1.0.0").service == "shop"


def test_an_image_outside_greenlight_names_no_service() -> None:
    with pytest.raises(VersionError, match="must be greenlight/<service>"):
        _ = ImageReference.parse("library/nginx:1").service


def test_a_moved_tag_runs_the_version_that_it_now_holds() -> None:
    registry = FakeRegistry()
    push_image(registry, "greenlight/shop", "v2")
    registry.tags["live-blue"] = manifest_of("greenlight/shop", "v2")

    assert registry.pull("greenlight/shop:live-blue").version == "v2"


def test_a_digest_runs_the_version_that_it_was_pushed_as() -> None:
    registry = FakeRegistry()
    digest = push_image(registry, "greenlight/shop", "v2")

    assert registry.pull(f"greenlight/shop@{digest}").version == "v2"


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_an_image_says_which_processor_it_is_built_for(architecture: str) -> None:
    """OCI: github.com/opencontainers/image-spec/blob/main/config.md, `architecture`."""
    registry = FakeRegistry()
    push_image(registry, "greenlight/shop", "v2", architecture)

    assert registry.pull("greenlight/shop:v2").architecture == architecture


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_of_an_index_the_image_for_the_processor_is_pulled(architecture: str) -> None:
    """OCI: github.com/opencontainers/image-spec/blob/main/image-index.md, `platform`."""
    registry = FakeRegistry()
    children = [
        {"digest": push_image(registry, "greenlight/shop", f"part-{each}", each), "platform": {"architecture": each}}
        for each in ("amd64", "arm64")
    ]
    registry.tags["v2"] = json.dumps({"manifests": children})
    image = ImageReference.parse("greenlight/shop:v2")

    assert pull_image(registry, image, registry.fetch, architecture).architecture == architecture


def test_an_index_without_the_processor_is_refused_in_dockers_words() -> None:
    registry = FakeRegistry()
    registry.tags["v2"] = json.dumps({"manifests": [{"digest": "sha256:1", "platform": {"architecture": "s390x"}}]})

    with pytest.raises(PlatformError, match="no matching manifest for linux/amd64 in the manifest list entries"):
        registry.pull("greenlight/shop:v2")


def test_a_pull_asks_for_the_layers_of_the_image() -> None:
    """AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html, who may pull."""
    registry = FakeRegistry()
    push_image(registry, "greenlight/shop", "v2")
    registry.pull("greenlight/shop:v2")
    config = json.loads(registry.tags["v2"])["config"]["digest"]

    assert registry.layers == [("BatchCheckLayerAvailability", config), ("GetDownloadUrlForLayer", config)]


def test_pushing_a_version_twice_writes_once() -> None:
    registry = FakeRegistry()
    push_image(registry, "greenlight/shop", "v1")
    push_image(registry, "greenlight/shop", "v1")

    assert registry.pushes == 1


def test_an_image_that_nobody_pushed_is_an_unknown_manifest() -> None:
    with pytest.raises(ImageNotFoundError, match="manifest unknown"):
        FakeRegistry().pull("greenlight/shop:v9")


@pytest.mark.parametrize(
    ("policy", "exit_code", "restarts"),
    [
        (RestartPolicy.NO, 1, False),
        (RestartPolicy.ON_FAILURE, 0, False),
        (RestartPolicy.ON_FAILURE, 1, True),
        (RestartPolicy.ALWAYS, 0, True),
        (RestartPolicy.UNLESS_STOPPED, 0, True),
    ],
)
def test_a_restart_follows_the_policy(policy: RestartPolicy, exit_code: int, restarts: bool) -> None:
    assert policy.restarts(exit_code) is restarts
