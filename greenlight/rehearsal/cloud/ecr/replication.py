"""Replication to other regions of the account: what is pushed is copied by the registry's rules.

Source: docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html, "Considerations for private image
replication". A copy is there at once; on AWS most take less than half an hour.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response, request_scope
from ministack.services import ecr

from greenlight.rehearsal.cloud.ecr import registry
from greenlight.rehearsal.cloud.ecr.identities import about, find_image, of_image
from greenlight.rehearsal.cloud.ecr.layers import Layers
from greenlight.rehearsal.cloud.ecr.mutability import is_fixed
from greenlight.rehearsal.cloud.ecr.operations import Action, Operations, Request
from greenlight.rehearsal.cloud.requirement import require

_COPIED = "replicatedTo"
"""Where an image's record keeps the regions that it was copied to."""


def install(layers: Layers, operations: Operations) -> None:
    """Copy what is pushed."""
    require(ecr, "_put_image", "_create_repository", "_repositories", "_images", "_repo_uri")
    ecr._put_image = _replicating(ecr._put_image, layers)
    operations.add("DescribeImageReplicationStatus", of_image(_describe))


def destinations(repository: str) -> list[str]:
    """The regions that images of a repository are copied to; a rule without filters is about all repositories."""
    found = [
        place["region"]
        for rule in registry.rules(registry.REPLICATION)
        if not rule.get("repositoryFilters")
        or any(repository.startswith(each["filter"]) for each in rule["repositoryFilters"])
        for place in rule["destinations"]
        if place["registryId"] == get_account_id() and place["region"] != get_region()
    ]
    return list(dict.fromkeys(found))


def _replicating(put: Action, layers: Layers) -> Action:
    """Copy once for each push. A copy is no push, so that it is not copied on from there."""

    def put_image(request: Request) -> Any:
        answer = put(request)
        if answer[0] == 200:
            pushed = json.loads(answer[2])["image"]
            image = find_image(pushed["repositoryName"], {"imageDigest": pushed["imageId"]["imageDigest"]}) or {}
            for region in destinations(pushed["repositoryName"]):
                layers.copy(_blobs(image), region)
                _copy(image, pushed["repositoryName"], request.get("imageTag", ""), region)
                image[_COPIED] = [*image.get(_COPIED, ()), region]
        return answer

    return put_image


def _copy(image: Mapping[str, Any], name: str, tag: str, region: str) -> None:
    """Into a repository of that name, which is made without any setting of the first one's where there is none."""
    with request_scope(get_account_id(), region):
        if name not in ecr._repositories:
            ecr._create_repository({"repositoryName": name})
        there = find_image(name, {"imageDigest": image["imageDigest"]})
        if there is None:
            there = {**copy.deepcopy(dict(image)), "imageTags": [], "imageId": {"imageDigest": image["imageDigest"]}}
            there.pop(_COPIED, None)
            ecr._images[name].append(there)
        _tag(there, name, tag)


def _tag(image: dict[str, Any], name: str, tag: str) -> None:
    """A tag that may not move stays where it is, and the copy comes without it."""
    holder = find_image(name, {"imageTag": tag}) if tag else image
    if holder is image or (holder and is_fixed(ecr._repositories[name], tag)):
        return
    if holder:
        holder["imageTags"].remove(tag)
    image["imageTags"].append(tag)
    image["imageId"]["imageTag"] = tag


def _blobs(image: Mapping[str, Any]) -> Iterable[str]:
    try:
        manifest = json.loads(image.get("imageManifest", ""))
    except ValueError:
        return ()
    return [each["digest"] for each in (manifest.get("config"), *manifest.get("layers", ())) if each]


def _describe(name: str, image: Mapping[str, Any]) -> Any:
    regions = dict.fromkeys(image.get(_COPIED, ()))
    told = [{"region": region, "registryId": get_account_id(), "status": "COMPLETE"} for region in regions]
    return json_response({**about(name, image), "replicationStatuses": told})
