"""Pull-through caches: the first pull of a public image brings it into this registry, with the rights of who pulls.

Sources: docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html, pull-through-cache-iam.html and
repository-creation-templates.html. No other registry is reached: what is there, a test says. What is cached is never
looked up again; ECR does so once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ministack.services import ecr

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.ecr import callers, registry
from greenlight.rehearsal.cloud.ecr.identities import find_image
from greenlight.rehearsal.cloud.ecr.layers import Layers
from greenlight.rehearsal.cloud.ecr.operations import Action, Request, refusal
from greenlight.rehearsal.cloud.requirement import require

ENDPOINT = "upstreams"
IMPORT, CREATE = "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"
MADE_BY_A_PULL = "PULL_THROUGH_CACHE"


def install(context: CloudContext, layers: Layers) -> None:
    """Fetch what is pulled and not there, and let tests say what other registries have."""
    require(ecr, "_batch_get_image", "_put_image", "_create_repository", "_put_lifecycle_policy", "_repo_arn")
    upstreams = Upstreams(layers)
    ecr._batch_get_image = upstreams.fetching(ecr._batch_get_image)
    context.control.route(ENDPOINT, upstreams.plant)


class Upstreams:
    """The images of other registries, by address, name and tag."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._images: dict[tuple[str, str, str], str] = {}

    def plant(self, _method: str, _query: Query, body: Any) -> Answer:
        """Say what a registry has: `{"registry": …, "repository": …, "tag": …, "manifest": …, "blobs": […]}`."""
        self._images[body["registry"], body["repository"], body["tag"]] = body["manifest"]
        for blob in body["blobs"]:
            self._layers.keep(blob.encode())
        return 200, {}

    def fetching(self, get: Action) -> Action:
        """Answer with what was fetched; who may not fetch it is refused."""

        def batch_get_image(request: Request) -> Any:
            name = request.get("repositoryName", "")
            for identity in request.get("imageIds", ()):
                if find_image(name, identity) is None and (manifest := self._found(name, identity)):
                    if problem := _denied(name):
                        return refusal("AccessDeniedException", problem)
                    _make(name)
                    ecr._put_image({"repositoryName": name, "imageManifest": manifest, **_tagged(identity)})
            return get(request)

        return batch_get_image

    def _found(self, name: str, identity: Mapping[str, str]) -> str:
        rule = _rule(name)
        if rule is None:
            return ""
        rest = name.removeprefix(f"{rule['ecrRepositoryPrefix']}/")
        return self._images.get((rule["upstreamRegistryUrl"], rest, identity.get("imageTag", "")), "")


def _rule(name: str) -> Mapping[str, Any] | None:
    rules: Mapping[str, Mapping[str, Any]] = registry.setting(registry.CACHES) or {}
    return next((rule for prefix, rule in rules.items() if name.startswith(f"{prefix}/")), None)


def _denied(name: str) -> str:
    """What the caller lacks; a repository has to be made by the first pull alone."""
    needed: Iterable[str] = (IMPORT,) if name in ecr._repositories else (IMPORT, CREATE)
    arn = ecr._repo_arn(name)
    missing = [action for action in needed if not callers.may(action, arn)]
    return f"User is not authorized to perform: {missing[0]} on resource: {arn}" if missing else ""


def _make(name: str) -> None:
    """Make the repository as the template of its prefix says, where there is one."""
    if name in ecr._repositories:
        return
    templates: Mapping[str, Mapping[str, Any]] = registry.setting(registry.TEMPLATES) or {}
    found = (each for prefix, each in templates.items() if name.startswith(f"{prefix}/"))
    template = next((each for each in found if MADE_BY_A_PULL in each["appliedFor"]), {})
    kept = {key: template[key] for key in ("imageTagMutability", "encryptionConfiguration") if key in template}
    ecr._create_repository({"repositoryName": name, **kept})
    if text := template.get("lifecyclePolicy"):
        ecr._put_lifecycle_policy({"repositoryName": name, "lifecyclePolicyText": text})


def _tagged(identity: Mapping[str, str]) -> dict[str, str]:
    return {"imageTag": identity["imageTag"]} if "imageTag" in identity else {}
