"""Pulls and pushes, with the calls of ECR that Docker's make.

ECR user guide, "IAM permissions for pushing an image" and "Repository policy examples" (AllowPull).
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import boto3
from botocore.exceptions import ClientError

from greenlight.rehearsal.acts.pipeline.brought.image import Image, RegistryError
from greenlight.rehearsal.runner.images import INDEX_TYPE, MANIFEST_TYPE, described, digest_of, upload
from greenlight.rehearsal.runner.spec import ImageReference

CACHE_TYPE = "application/vnd.buildkit.cacheconfig.v0"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
_SECONDS = 10


def pull(reference: ImageReference, platform: str) -> Image:
    """Fetch an image, of an index the one for a platform.

    Docker knows what it pulled by the digest that the reference names, which may be the index's. Raises RegistryError
    when it is not there, or not for this role.
    """
    with _ecr() as ecr:
        named = manifest = _found(ecr, reference)
        if children := json.loads(named).get("manifests"):
            manifest = _found(ecr, _of_platform(reference, children, platform))
        config = _config(ecr, reference.repository, manifest)
    labels = json.loads(config)["config"].get("Labels", {})
    return Image(manifest, config, labels, named_by=digest_of(named))


def join(references: Sequence[ImageReference], tag: ImageReference) -> None:
    """Put an index of images under a tag, with the platform that each says it is for (`docker buildx imagetools`)."""
    with _ecr() as ecr:
        children = [_described(ecr, each) for each in references]
        index = json.dumps({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": children}, sort_keys=True)
        _put(ecr, tag, index, INDEX_TYPE)


def digest(reference: ImageReference) -> str:
    """What a tag names. Raises RegistryError when it names nothing."""
    with _ecr() as ecr:
        return digest_of(_found(ecr, reference))


def push(reference: ImageReference, image: Image) -> None:
    """Put an image under a tag. Raises RegistryError, for a tag that is another image's too."""
    with _ecr() as ecr:
        _push_blob(ecr, reference.repository, image.config)
        _put(ecr, reference, image.manifest, MANIFEST_TYPE)


def keep(reference: ImageReference, content: str) -> None:
    """Put what a build made into a registry's cache, as BuildKit does with `image-manifest=true`."""
    blobs = {CACHE_TYPE: "{}", LAYER_TYPE: content}
    with _ecr() as ecr:
        for each in blobs.values():
            _push_blob(ecr, reference.repository, each)
        config, layer = (
            {"mediaType": kind, "digest": digest_of(each), "size": len(each.encode())} for kind, each in blobs.items()
        )
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": [layer]}
        _put(ecr, reference, json.dumps(manifest, sort_keys=True), MANIFEST_TYPE)


def restore(reference: ImageReference) -> str:
    """The digest of what a cache holds, whose blobs are fetched; empty when there is none yet."""
    with _ecr() as ecr:
        manifest = _manifest(ecr, reference)
        if manifest is None:
            return ""
        _config(ecr, reference.repository, manifest)
        return digest_of(manifest)


def _push_blob(ecr: Any, repository: str, blob: str) -> None:
    digests = [digest_of(blob)]
    (layer,) = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=digests)["layers"]
    if layer["layerAvailability"] != "AVAILABLE":
        upload(ecr, repository, blob)


def _put(ecr: Any, reference: ImageReference, manifest: str, media_type: str) -> None:
    """Put a manifest under a tag, unless the tag names it already: so do the clients of registries."""
    if _manifest(ecr, reference) != manifest:
        named = {"repositoryName": reference.repository, "imageTag": reference.tag}
        ecr.put_image(imageManifest=manifest, imageManifestMediaType=media_type, **named)


def _described(ecr: Any, reference: ImageReference) -> dict[str, Any]:
    manifest = _found(ecr, reference)
    config = json.loads(_config(ecr, reference.repository, manifest))
    return described(manifest, config["architecture"])


def _of_platform(reference: ImageReference, children: Sequence[dict[str, Any]], platform: str) -> ImageReference:
    for each in children:
        if f"{each['platform']['os']}/{each['platform']['architecture']}" == platform:
            return replace(reference, tag=None, digest=each["digest"])
    raise RegistryError(f"no matching manifest for {platform} in the manifest list entries")


def _config(ecr: Any, repository: str, manifest: str) -> str:
    wanted = json.loads(manifest)["config"]["digest"]
    found = ecr.get_download_url_for_layer(repositoryName=repository, layerDigest=wanted)
    with urllib.request.urlopen(found["downloadUrl"], timeout=_SECONDS) as answer:
        return str(answer.read().decode())


def _found(ecr: Any, reference: ImageReference) -> str:
    manifest = _manifest(ecr, reference)
    if manifest is None:
        raise RegistryError(f"manifest for {reference} not found: manifest unknown")
    return manifest


def _manifest(ecr: Any, reference: ImageReference) -> str | None:
    wanted = [{"imageDigest": reference.digest} if reference.digest else {"imageTag": reference.tag}]
    found = ecr.batch_get_image(repositoryName=reference.repository, imageIds=wanted)["images"]
    return str(found[0]["imageManifest"]) if found else None


@contextmanager
def _ecr() -> Iterator[Any]:
    try:
        yield boto3.client("ecr")
    except ClientError as error:
        raise RegistryError(str(error)) from error
