"""Images by tag, by digest, or by both: each names one image or none.

ministack takes a digest or a tag, whichever it finds first, names an image by a tag that it may have lost, and
describes what is not there as nothing. Sources: docs.aws.amazon.com/AmazonECR/latest/APIReference/
API_ImageIdentifier.html, API_BatchGetImage.html and API_DescribeImages.html (ImageNotFoundException; its text as
reported in hashicorp/terraform-provider-aws#35268).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr

from greenlight.rehearsal.cloud.ecr.operations import Action, Request, refusal, unknown_repository
from greenlight.rehearsal.cloud.requirement import require

Identity = Mapping[str, str]


def install() -> None:
    """Put our view of identities in ministack's place."""
    require(ecr, "_find_image", "_batch_get_image", "_describe_images", "_images", "_registry_id", "_repositories")
    ecr._find_image = find_image
    ecr._batch_get_image = _naming_as_asked(ecr._batch_get_image)
    ecr._describe_images = _refusing_unknown(ecr._describe_images)


def find_image(repository: str, identity: Identity) -> dict[str, Any] | None:
    """The image that has the digest, the tag, or both of them if both are given."""
    digest, tag = identity.get("imageDigest"), identity.get("imageTag")
    for image in ecr._images.get(repository, []):
        by_digest = digest is None or image["imageDigest"] == digest
        by_tag = tag is None or tag in image.get("imageTags", [])
        if (digest or tag) and by_digest and by_tag:
            found: dict[str, Any] = image
            return found
    return None


def of_image(answer: Callable[[str, dict[str, Any]], Any]) -> Action:
    """An operation about one image: `answer` gets the repository's name and the record of the image, if it is there."""

    def action(request: Request) -> Any:
        name, identity = request.get("repositoryName", ""), request.get("imageId", {})
        if name not in ecr._repositories:
            return unknown_repository(name)
        image = find_image(name, identity)
        if image is None:
            return refusal("ImageNotFoundException", f"The image with imageId {identity} does not exist in '{name}'")
        return answer(name, image)

    return action


def about(name: str, image: Mapping[str, Any]) -> dict[str, Any]:
    """What the answer to such an operation begins with."""
    identity = {"imageDigest": image["imageDigest"]}
    return {"registryId": ecr._registry_id(), "repositoryName": name, "imageId": identity}


def _naming_as_asked(get: Action) -> Action:
    """Answer with the digest, and with the tag that was asked for."""

    def batch_get_image(request: Request) -> Any:
        status, headers, body = get(request)
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        asked = [each for each in request.get("imageIds", ()) if find_image(request["repositoryName"], each)]
        for identity, image in zip(asked, answer["images"], strict=True):
            image["imageId"] = {**identity, "imageDigest": image["imageId"]["imageDigest"]}
        return json_response(answer)

    return batch_get_image


def _refusing_unknown(describe: Action) -> Action:
    """Refuse to describe an image that is not there."""

    def describe_images(request: Request) -> Any:
        name = request.get("repositoryName", "")
        for identity in request.get("imageIds") or () if name in ecr._repositories else ():
            if find_image(name, identity) is None:
                digest, tag = (identity.get(key, "null") for key in ("imageDigest", "imageTag"))
                return error_response_json(
                    "ImageNotFoundException",
                    f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the"
                    f" repository with name '{name}' in the registry with id '{ecr._registry_id()}'",
                    400,
                )
        return describe(request)

    return describe_images
