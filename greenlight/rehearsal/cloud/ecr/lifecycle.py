"""Lifecycle policies at work: refused when they are wrong, previewed, and applied when a test lets days pass.

On AWS images go within a day of when they may. Here nothing goes by itself, since no rehearsal takes a day. Source:
docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html, and of the preview
docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicyPreview.html.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecr

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.ecr.lifecycle_evaluation import DAY_SECONDS, Image, expired, orphaned
from greenlight.rehearsal.cloud.ecr.lifecycle_policy import PolicyError, rules_of
from greenlight.rehearsal.cloud.ecr.operations import Operations, Request, refusal, unknown_repository
from greenlight.rehearsal.cloud.requirement import require

ENDPOINT = "lifecycle"

_PREVIEW = "lifecyclePolicyPreview"
"""Where a repository's record keeps its newest preview, which goes with it."""


def install(context: CloudContext, operations: Operations) -> None:
    """Check policies, preview them, and let tests say how many days pass: `{"days": 31}`."""
    require(ecr, "_put_lifecycle_policy", "_lifecycle_policies", "_images", "_repositories", "_registry_id")
    ecr._put_lifecycle_policy = _checking(ecr._put_lifecycle_policy)
    operations.add("StartLifecyclePolicyPreview", _start_preview)
    operations.add("GetLifecyclePolicyPreview", _preview)
    context.control.route(ENDPOINT, _pass_days)


def images_of(repository: str) -> list[Image]:
    """The images of a repository, as a policy sees them."""
    return [_seen(each) for each in ecr._images.get(repository, ())]


def _pass_days(_method: str, _query: Query, body: Any) -> Answer:
    """Make every image older, and expire what then expires; answer with the digests by repository."""
    for images in ecr._images.values():
        for image in images:
            image["imagePushedAt"] -= body["days"] * DAY_SECONDS
    return 200, {name: _expire(name, text) for name, text in ecr._lifecycle_policies.items()}


def _expire(name: str, text: str) -> list[str]:
    images = images_of(name)
    found = expired(rules_of(text), images, time.time()).keys()
    gone = found | orphaned(images, found)
    ecr._images[name] = [image for image in ecr._images[name] if image["imageDigest"] not in gone]
    return sorted(gone)


def _checking(put: Callable[[Request], Any]) -> Callable[[Request], Any]:
    def put_lifecycle_policy(request: Request) -> Any:
        return _problem(request.get("lifecyclePolicyText", "")) or put(request)

    return put_lifecycle_policy


def _problem(text: str) -> Any:
    try:
        rules_of(text)
    except PolicyError as error:
        return refusal(
            "InvalidParameterException",
            f"Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: '{error}'",
        )
    return None


def _start_preview(request: Request) -> Any:
    """Preview a policy, the repository's own when none is given."""
    name = request.get("repositoryName", "")
    if name not in ecr._repositories:
        return unknown_repository(name)
    text = request.get("lifecyclePolicyText") or ecr._lifecycle_policies.get(name)
    if text is None:
        return refusal("LifecyclePolicyNotFoundException", f"Lifecycle policy does not exist for '{name}'")
    if problem := _problem(text):
        return problem
    ecr._repositories[name][_PREVIEW] = {**_about(name), "lifecyclePolicyText": text, **_results(name, text)}
    return json_response({**_about(name), "lifecyclePolicyText": text, "status": "IN_PROGRESS"})


def _preview(request: Request) -> Any:
    name = request.get("repositoryName", "")
    if name not in ecr._repositories:
        return unknown_repository(name)
    preview = ecr._repositories[name].get(_PREVIEW)
    if preview is None:
        return refusal("LifecyclePolicyPreviewNotFoundException", f"There is no preview for '{name}'")
    return json_response({**preview, "status": "COMPLETE"})


def _results(name: str, text: str) -> dict[str, Any]:
    images = images_of(name)
    found = expired(rules_of(text), images, time.time())
    results = [
        {
            "imageTags": list(image.tags),
            "imageDigest": image.digest,
            "imagePushedAt": image.pushed_at,
            "action": {"type": "EXPIRE"},
            "appliedRulePriority": found[image.digest],
        }
        for image in images
        if image.digest in found
    ]
    return {"previewResults": results, "summary": {"expiringImageTotalCount": len(results)}}


def _about(name: str) -> dict[str, str]:
    return {"registryId": ecr._registry_id(), "repositoryName": name}


def _seen(image: Mapping[str, Any]) -> Image:
    manifest = _manifest(image.get("imageManifest", ""))
    return Image(
        image["imageDigest"],
        tuple(image.get("imageTags", ())),
        image["imagePushedAt"],
        tuple(each["digest"] for each in manifest.get("manifests", ())),
        (manifest.get("subject") or {}).get("digest", ""),
    )


def _manifest(text: str) -> dict[str, Any]:
    """A manifest; what is none names nothing."""
    try:
        manifest = json.loads(text)
    except ValueError:
        return {}
    return manifest if isinstance(manifest, dict) else {}
