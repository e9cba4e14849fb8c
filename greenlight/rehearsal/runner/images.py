"""Images of the rehearsal: in the registry a version is a manifest that says which version it is, and no layers.

What a version's code is, is decided when a container starts (see source). The registry still has to hold the image,
for the same reason as on AWS: a deployment that names an image nobody pushed must fail.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Protocol

from greenlight.rehearsal.runner.errors import ImageNotFoundError
from greenlight.rehearsal.runner.spec import ImageReference

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
VERSION_ANNOTATION = "org.opencontainers.image.version"
_CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"


class Registry(Protocol):
    """The part of boto3's ECR client that images need."""

    def put_image(self, **parameters: Any) -> Any:
        """Store a manifest under a tag."""

    def batch_get_image(self, **parameters: Any) -> Any:
        """Return manifests by tag or digest."""


def push_image(client: Registry, repository: str, tag: str) -> str:
    """Put the smallest valid image for a version into ECR; return its digest.

    Raises the client's ImageTagAlreadyExistsException when the tag is immutable and taken by another image, as ECR
    does; pushing the same version again changes nothing.
    """
    manifest = manifest_of(repository, tag)
    digest = digest_of(manifest)
    if _digest_in(client, repository, tag) != digest:
        client.put_image(
            repositoryName=repository, imageManifest=manifest, imageManifestMediaType=MANIFEST_TYPE, imageTag=tag
        )
    return digest


def version_of(client: Registry, image: ImageReference) -> str:
    """Return the version that an image holds, following tags that move. Raises ImageNotFoundError in Docker's words."""
    identity = {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag}
    answer = client.batch_get_image(repositoryName=image.repository, imageIds=[identity])
    if not answer["images"]:
        raise ImageNotFoundError(f"manifest for {image} not found: manifest unknown: Requested image not found")
    annotations = json.loads(answer["images"][0]["imageManifest"]).get("annotations", {})
    version = annotations.get(VERSION_ANNOTATION) or image.tag
    if not version:
        raise ImageNotFoundError(f"image {image} does not say its version: push it with push_image, or name it by tag")
    return str(version)


def manifest_of(repository: str, tag: str) -> str:
    """Write an OCI manifest without layers; its version annotation makes each version's digest its own."""
    config = json.dumps(
        {"architecture": "arm64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}},
        sort_keys=True,
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {"mediaType": _CONFIG_TYPE, "digest": digest_of(config), "size": len(config)},
        "layers": [],
        "annotations": {VERSION_ANNOTATION: tag, "org.opencontainers.image.title": repository},
    }
    return json.dumps(manifest, sort_keys=True)


def digest_of(content: str) -> str:
    """Return a content's digest as registries write it."""
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


def _digest_in(client: Registry, repository: str, tag: str) -> str | None:
    answer = client.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}])
    return answer["images"][0]["imageId"]["imageDigest"] if answer["images"] else None
