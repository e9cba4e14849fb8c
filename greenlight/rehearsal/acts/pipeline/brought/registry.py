"""Pulls and pushes, with the calls of ECR that Docker's make.

ECR user guide, "IAM permissions for pushing an image" and "Repository policy examples" (AllowPull).
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError

from greenlight.rehearsal.acts.pipeline.brought.image import Image, RegistryError
from greenlight.rehearsal.runner.images import MANIFEST_TYPE, digest_of, upload
from greenlight.rehearsal.runner.spec import ImageReference

_SECONDS = 10


def pull(reference: ImageReference) -> Image:
    """Fetch an image. Raises RegistryError when it is not there, or not for this role."""
    with _ecr() as ecr:
        manifest = _manifest(ecr, reference)
        if manifest is None:
            raise RegistryError(f"manifest for {reference} not found: manifest unknown")
        wanted = json.loads(manifest)["config"]["digest"]
        found = ecr.get_download_url_for_layer(repositoryName=reference.repository, layerDigest=wanted)
        with urllib.request.urlopen(found["downloadUrl"], timeout=_SECONDS) as answer:
            config = answer.read().decode()
    return Image(manifest, config, json.loads(config)["config"].get("Labels", {}))


def push(reference: ImageReference, image: Image) -> None:
    """Put an image under a tag. Raises RegistryError, for a tag that is another image's too."""
    with _ecr() as ecr:
        config = digest_of(image.config)
        (layer,) = ecr.batch_check_layer_availability(repositoryName=reference.repository, layerDigests=[config])[
            "layers"
        ]
        if layer["layerAvailability"] != "AVAILABLE":
            upload(ecr, reference.repository, image.config)
        if _manifest(ecr, reference) != image.manifest:
            named = {"repositoryName": reference.repository, "imageTag": reference.tag}
            ecr.put_image(imageManifest=image.manifest, imageManifestMediaType=MANIFEST_TYPE, **named)


def _manifest(ecr: Any, reference: ImageReference) -> str | None:
    wanted = [{"imageTag": reference.tag}]
    found = ecr.batch_get_image(repositoryName=reference.repository, imageIds=wanted)["images"]
    return str(found[0]["imageManifest"]) if found else None


@contextmanager
def _ecr() -> Iterator[Any]:
    try:
        yield boto3.client("ecr")
    except ClientError as error:
        raise RegistryError(str(error)) from error
