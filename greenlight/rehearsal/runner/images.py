"""Images of the rehearsal: in the registry a version is a manifest that says which version it is, and no layers.

What a version's code is, is decided when a container starts (see source). The registry still has to hold the image,
for the same reason as on AWS: a deployment that names an image nobody pushed must fail.
"""

from __future__ import annotations

import hashlib
import json
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from greenlight.rehearsal.runner.errors import ImageNotFoundError
from greenlight.rehearsal.runner.spec import ImageReference

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
VERSION_ANNOTATION = "org.opencontainers.image.version"
AMD64, ARM64 = "amd64", "arm64"
"""Processors, in the words of images."""

Fetch = Callable[[str], bytes]

_CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
_FETCH_SECONDS = 10


@dataclass(frozen=True)
class StoredImage:
    """What a registry says of an image: the version that it holds, and the processor that it is built for."""

    version: str
    architecture: str


class Registry(Protocol):
    """The part of boto3's ECR client that images need."""

    def put_image(self, **parameters: Any) -> Any:
        """Store a manifest under a tag."""

    def batch_get_image(self, **parameters: Any) -> Any:
        """Return manifests by tag or digest."""

    def batch_check_layer_availability(self, **parameters: Any) -> Any:
        """Say which layers are there."""

    def get_download_url_for_layer(self, **parameters: Any) -> Any:
        """Say where a layer is."""

    def initiate_layer_upload(self, **parameters: Any) -> Any:
        """Begin to upload a blob."""

    def upload_layer_part(self, **parameters: Any) -> Any:
        """Send a part of it."""

    def complete_layer_upload(self, **parameters: Any) -> Any:
        """End the upload, naming the digest."""


def _fetched(url: str) -> bytes:
    """Get a blob from where ECR says that it is."""
    with urllib.request.urlopen(url, timeout=_FETCH_SECONDS) as answer:
        return bytes(answer.read())


def push_image(client: Registry, repository: str, tag: str, architecture: str = AMD64) -> str:
    """Put the smallest valid image for a version into ECR, its configuration first; return its digest.

    Raises the client's ImageTagAlreadyExistsException when the tag is immutable and taken by another image, as ECR
    does; pushing the same version again changes nothing.
    """
    manifest = manifest_of(repository, tag, architecture)
    digest = digest_of(manifest)
    if _digest_in(client, repository, tag) != digest:
        upload(client, repository, config_of(architecture))
        client.put_image(
            repositoryName=repository, imageManifest=manifest, imageManifestMediaType=MANIFEST_TYPE, imageTag=tag
        )
    return digest


def pull_image(client: Registry, image: ImageReference, fetch: Fetch = _fetched) -> StoredImage:
    """Return what an image is, following tags that move, with every call that a pull makes.

    The calls are those of docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html; `fetch` gets
    a blob by its URL. Raises ImageNotFoundError in Docker's words.
    """
    identity = {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag}
    answer = client.batch_get_image(repositoryName=image.repository, imageIds=[identity])
    if not answer["images"]:
        raise ImageNotFoundError(f"manifest for {image} not found: manifest unknown: Requested image not found")
    manifest = json.loads(answer["images"][0]["imageManifest"])
    version = manifest.get("annotations", {}).get(VERSION_ANNOTATION) or image.tag
    if not version:
        raise ImageNotFoundError(f"image {image} does not say its version: push it with push_image, or name it by tag")
    config = manifest["config"]["digest"]
    client.batch_check_layer_availability(repositoryName=image.repository, layerDigests=[config])
    found = client.get_download_url_for_layer(repositoryName=image.repository, layerDigest=config)
    return StoredImage(str(version), json.loads(fetch(found["downloadUrl"]))["architecture"])


def config_of(architecture: str, labels: Mapping[str, str] | None = None) -> str:
    """Write an OCI image configuration: the only place where a single image says for which platform it is."""
    rootfs = {"type": "layers", "diff_ids": []}
    config = {"Labels": dict(labels)} if labels else {}
    return json.dumps({"architecture": architecture, "os": "linux", "config": config, "rootfs": rootfs}, sort_keys=True)


def manifest_of(repository: str, tag: str, architecture: str = AMD64, labels: Mapping[str, str] | None = None) -> str:
    """Write an OCI manifest without layers; its version annotation makes each version's digest its own."""
    config = config_of(architecture, labels)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {
            "mediaType": _CONFIG_TYPE,
            "digest": digest_of(config),
            "size": len(config),
        },
        "layers": [],
        "annotations": {VERSION_ANNOTATION: tag, "org.opencontainers.image.title": repository},
    }
    return json.dumps(manifest, sort_keys=True)


def digest_of(content: str) -> str:
    """Return a content's digest as registries write it."""
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


def upload(client: Registry, repository: str, blob: str) -> None:
    """Upload a blob in one part."""
    body = blob.encode()
    upload = client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    client.upload_layer_part(
        repositoryName=repository, uploadId=upload, partFirstByte=0, partLastByte=len(body) - 1, layerPartBlob=body
    )
    client.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[digest_of(blob)])


def _digest_in(client: Registry, repository: str, tag: str) -> str | None:
    answer = client.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}])
    return answer["images"][0]["imageId"]["imageDigest"] if answer["images"] else None
