"""ECR: tags that may move although all others may not, images that lose a tag without being lost, and blobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import ecr

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.ecr import (
    callers,
    identities,
    indexes,
    layers,
    lifecycle,
    pull_through,
    registry,
    replication,
    scans,
    signatures,
)
from greenlight.rehearsal.cloud.ecr.mutability import is_fixed
from greenlight.rehearsal.cloud.ecr.operations import Operations
from greenlight.rehearsal.cloud.requirement import require

Action = Callable[[Mapping[str, Any]], Any]


def install(context: CloudContext) -> None:
    """Put our view of tags in ministack's place, and keep what is uploaded."""
    require(ecr, "_put_image", "_batch_delete_image", "_repositories", "_images", "_find_image", "_image_digest")
    ecr._put_image = _keeping_fixed_tags(ecr._put_image)
    ecr._batch_delete_image = _untagging(ecr._batch_delete_image)
    identities.install()
    indexes.install()
    blobs = layers.install(context)
    callers.install()
    operations = Operations()
    scans.install(context, operations)
    lifecycle.install(context, operations)
    registry.install(operations)
    replication.install(blobs, operations)
    signatures.install(context, operations)
    pull_through.install(context, blobs)


def _keeping_fixed_tags(put: Action) -> Action:
    def put_image(request: Mapping[str, Any]) -> Any:
        name, tag = request.get("repositoryName", ""), request.get("imageTag", "")
        holder = ecr._find_image(name, {"imageTag": tag}) if tag else None
        if not holder:
            return put(request)
        if holder["imageDigest"] == ecr._image_digest(request.get("imageManifest", "")):
            problem = f"Image with digest '{holder['imageDigest']}' and tag '{tag}' already exists in '{name}'"
            return error_response_json("ImageAlreadyExistsException", problem, 400)
        if is_fixed(ecr._repositories[name], tag):
            problem = f"The image tag '{tag}' already exists in '{name}' and cannot be overwritten: it is immutable"
            return error_response_json("ImageTagAlreadyExistsException", problem, 400)
        return put(request)

    return put_image


def _untagging(delete: Action) -> Action:
    """Delete by tag: while an image has other tags it only loses this one."""

    def batch_delete_image(request: Mapping[str, Any]) -> Any:
        for identity in request.get("imageIds", ()):
            image = None if identity.get("imageDigest") else ecr._find_image(request["repositoryName"], identity)
            if image and len(image["imageTags"]) > 1:
                ecr._images[request["repositoryName"]].append(_split_off(image, identity["imageTag"]))
        return delete(request)

    return batch_delete_image


def _split_off(image: dict[str, Any], tag: str) -> dict[str, Any]:
    """Take one tag from an image, as an image of its own that can then be deleted."""
    image["imageTags"].remove(tag)
    image["imageId"] = {"imageDigest": image["imageDigest"], "imageTag": image["imageTags"][0]}
    return {**image, "imageTags": [tag], "imageId": {"imageDigest": image["imageDigest"], "imageTag": tag}}
