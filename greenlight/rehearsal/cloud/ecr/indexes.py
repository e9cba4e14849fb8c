"""Indexes of images for several platforms: they name images that are there, and these stay as long as they do.

Sources: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html (ReferencedImagesNotFoundException) and
API_ImageFailure.html (ImageReferencedByManifestList). ministack takes any index, and deletes what one names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecr

from greenlight.rehearsal.cloud.ecr.identities import find_image
from greenlight.rehearsal.cloud.ecr.operations import Action, Request, refusal
from greenlight.rehearsal.cloud.requirement import require


def install() -> None:
    """Refuse what would leave an index without its images."""
    require(ecr, "_put_image", "_batch_delete_image", "_images")
    ecr._put_image = _knowing_its_images(ecr._put_image)
    ecr._batch_delete_image = _sparing_what_is_named(ecr._batch_delete_image)


def children(manifest: str) -> list[str]:
    """The digests that an index names; none of what is no index."""
    try:
        found = json.loads(manifest)
    except ValueError:
        return []
    return [str(each["digest"]) for each in found.get("manifests", ())] if isinstance(found, dict) else []


def _knowing_its_images(put: Action) -> Action:
    def put_image(request: Request) -> Any:
        name = request.get("repositoryName", "")
        for digest in children(request.get("imageManifest", "")):
            if name in ecr._repositories and find_image(name, {"imageDigest": digest}) is None:
                return refusal(
                    "ReferencedImagesNotFoundException", f"'{name}' has no image {digest}, which is referred to"
                )
        return put(request)

    return put_image


def _sparing_what_is_named(delete: Action) -> Action:
    """Delete the others: an image that an index names can lose a tag, and not be deleted."""

    def batch_delete_image(request: Request) -> Any:
        name = request.get("repositoryName", "")
        kept = list(_named(name, request))
        rest = [each for each in request.get("imageIds", ()) if each not in kept]
        status, headers, body = delete({**request, "imageIds": rest})
        if status != 200 or not kept:
            return status, headers, body
        answer = json.loads(body)
        reason = "Requested image referenced by manifest list"
        failures = [
            {"imageId": each, "failureCode": "ImageReferencedByManifestList", "failureReason": reason} for each in kept
        ]
        return json_response({**answer, "failures": [*answer["failures"], *failures]})

    return batch_delete_image


def _named(name: str, request: Request) -> Iterator[Mapping[str, str]]:
    named = {digest for image in ecr._images.get(name, ()) for digest in children(image.get("imageManifest", ""))}
    for identity in request.get("imageIds", ()):
        image = find_image(name, identity)
        if image and image["imageDigest"] in named and ("imageDigest" in identity or len(image["imageTags"]) < 2):
            yield identity
