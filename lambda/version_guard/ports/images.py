"""The images of one ECR repository, by their tags and digests."""

from __future__ import annotations

import logging
from typing import Any

from botocore.exceptions import ClientError
from traffic_switch.contract import NO_VERSIONS
from traffic_switch.image import Reference

log = logging.getLogger(__name__)

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
"""Lists of images, one for each platform."""

MANIFEST_TYPES = (
    *INDEX_TYPES,
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
"""Every kind that docker pushes. ECR translates a kind that is not asked for, and the digest would be another one."""


class Images:
    """Reads images, and moves tags that are made to be moved. `client` is boto3's for ECR."""

    def __init__(self, client: Any, repository: str) -> None:
        self._client = client
        self._repository = repository

    def digest(self, tag: str) -> str:
        """The digest of what a tag names, an index of several platforms as a whole; empty when nothing has the tag."""
        image = self._image({"imageTag": tag})
        return str(image["imageId"]["imageDigest"]) if image else ""

    def has(self, digest: str) -> bool:
        """Whether the image is there, under whatever tag or none."""
        return self._image({"imageDigest": digest}) is not None

    def newest(self, count: int) -> list[str]:
        """The tags pushed last, the newest first, without those that name no version."""
        pages = self._client.get_paginator("describe_images").paginate(
            repositoryName=self._repository, filter={"tagStatus": "TAGGED"}
        )
        images = [image for page in pages for image in page["imageDetails"]]
        images.sort(key=lambda image: image["imagePushedAt"], reverse=True)
        tags = [tag for image in images for tag in image.get("imageTags", []) if not tag.startswith(NO_VERSIONS)]
        return tags[:count]

    def mark(self, tag: str, reference: Reference) -> None:
        """Put a tag on the image that a color runs, taking it off any other; that it is there already is a success.

        An image that is gone is no reason to stop: new versions were looked for, and an old one that somebody deleted
        must not keep the other color from being repaired.
        """
        identity = {"imageDigest": reference.digest} if reference.digest else {"imageTag": reference.version}
        image = self._image(identity)
        if image is None:
            log.warning("an image that runs is gone", extra={"repository": self._repository, "image": reference.named})
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

    def _image(self, identity: dict[str, str]) -> dict[str, Any] | None:
        answer = self._client.batch_get_image(
            repositoryName=self._repository, imageIds=[identity], acceptedMediaTypes=MANIFEST_TYPES
        )
        images: list[dict[str, Any]] = answer["images"]
        return images[0] if images else None
