"""Images of the rehearsal: in the registry a version is a manifest that says which version it is, and no layers.

What a version's code is, is decided when a container starts (see source). The registry still has to hold the image,
for the same reason as on AWS: a deployment that names an image nobody pushed must fail.
"""

from __future__ import annotations

import hashlib
import json
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from traffic_switch.contract import PART_PREFIX

from greenlight.rehearsal.runner.errors import ImageNotFoundError, PlatformError
from greenlight.rehearsal.runner.spec import ImageReference

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
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


def push_version(client: Registry, repository: str, version: str, architectures: Sequence[str]) -> str:
    """Push a version for some processors; for several as delivery does, as an index of one image each.

    Returns the digest of the version.
    """
    if len(architectures) == 1:
        return push_image(client, repository, version, architectures[0])
    children = []
    for each in architectures:
        manifest = manifest_of(repository, version, each)
        upload(client, repository, config_of(each))
        _put(client, repository, f"{PART_PREFIX}{version}-{each}", manifest, MANIFEST_TYPE)
        children.append(described(manifest, each))
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": children}, sort_keys=True)
    _put(client, repository, version, index, INDEX_TYPE)
    return digest_of(index)


def described(manifest: str, architecture: str) -> dict[str, Any]:
    """What an index says of an image."""
    platform = {"os": "linux", "architecture": architecture}
    size = len(manifest.encode())
    return {"mediaType": MANIFEST_TYPE, "digest": digest_of(manifest), "size": size, "platform": platform}


def pull_image(
    client: Registry, image: ImageReference, fetch: Fetch = _fetched, architecture: str = AMD64
) -> StoredImage:
    """Return what an image is, following tags that move, with every call that a pull makes.

    Of an index it is the image for `architecture`, the processor of whoever pulls. A single image is pulled whatever it
    is for, as Docker does.

    The calls are those of docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html; `fetch` gets
    a blob by its URL. Raises ImageNotFoundError and PlatformError in Docker's words.
    """
    identity = {"imageDigest": image.digest} if image.digest else {"imageTag": str(image.tag)}
    manifest = _manifest(client, image, identity)
    if "manifests" in manifest:
        manifest = _manifest(client, image, {"imageDigest": _for_processor(manifest["manifests"], architecture)})
    version = manifest.get("annotations", {}).get(VERSION_ANNOTATION) or image.tag
    if not version:
        raise ImageNotFoundError(f"image {image} does not say its version: push it with push_image, or name it by tag")
    config = manifest["config"]["digest"]
    client.batch_check_layer_availability(repositoryName=image.repository, layerDigests=[config])
    found = client.get_download_url_for_layer(repositoryName=image.repository, layerDigest=config)
    return StoredImage(str(version), json.loads(fetch(found["downloadUrl"]))["architecture"])


def _put(client: Registry, repository: str, tag: str, manifest: str, media_type: str) -> None:
    if _digest_in(client, repository, tag) != digest_of(manifest):
        client.put_image(
            repositoryName=repository, imageManifest=manifest, imageManifestMediaType=media_type, imageTag=tag
        )


def _manifest(client: Registry, image: ImageReference, identity: Mapping[str, str]) -> dict[str, Any]:
    answer = client.batch_get_image(repositoryName=image.repository, imageIds=[identity])
    if not answer["images"]:
        raise ImageNotFoundError(f"manifest for {image} not found: manifest unknown: Requested image not found")
    return dict(json.loads(answer["images"][0]["imageManifest"]))


def _for_processor(children: Iterable[Mapping[str, Any]], architecture: str) -> str:
    """The digest of an index's image for a processor; where there is none the error is Docker's."""
    for each in children:
        if each.get("platform", {}).get("architecture") == architecture:
            return str(each["digest"])
    raise PlatformError(f"no matching manifest for linux/{architecture} in the manifest list entries")


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
