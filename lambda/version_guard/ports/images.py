"""The images of one ECR repository, by their tags."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError
from traffic_switch.contract import RUNNING_PREFIX

log = logging.getLogger(__name__)

MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
"""Every kind that docker pushes. ECR translates a kind that is not asked for, and the digest would be another one."""


class Images:
    """Reads images by tag, and moves tags that are made to be moved. `client` is boto3's for ECR."""

    def __init__(self, client: Any, repository: str) -> None:
        self._client = client
        self._repository = repository

    def missing(self, tags: Iterable[str]) -> set[str]:
        """Those of the tags that no image has."""
        return {tag for tag in tags if self._image(tag) is None}

    def newest(self, count: int) -> list[str]:
        """The tags pushed last, the newest first, without those that only mark what runs."""
        pages = self._client.get_paginator("describe_images").paginate(
            repositoryName=self._repository, filter={"tagStatus": "TAGGED"}
        )
        images = [image for page in pages for image in page["imageDetails"]]
        images.sort(key=lambda image: image["imagePushedAt"], reverse=True)
        tags = [tag for image in images for tag in image.get("imageTags", []) if not tag.startswith(RUNNING_PREFIX)]
        return tags[:count]

    def mark(self, tag: str, version: str) -> None:
        """Put a tag on a version's image, taking it off any other; that it is there already is a success.

        An image that is gone is no reason to stop: new versions were looked for, and an old one that somebody deleted
        must not keep the other color from being repaired.
        """
        image = self._image(version)
        if image is None:
            log.warning("an image that runs is gone", extra={"repository": self._repository, "version": version})
            return
        try:
            self._client.put_image(
                repositoryName=self._repository,
                imageManifest=image["imageManifest"],
                imageManifestMediaType=image["imageManifestMediaType"],
                imageTag=tag,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ImageAlreadyExistsException":
                raise

    def _image(self, tag: str) -> dict[str, Any] | None:
        answer = self._client.batch_get_image(
            repositoryName=self._repository, imageIds=[{"imageTag": tag}], acceptedMediaTypes=MANIFEST_TYPES
        )
        images: list[dict[str, Any]] = answer["images"]
        return images[0] if images else None
