"""Managed signing: what is pushed is signed by the registry's rules, with the rights of whoever pushes.

Sources: docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html and
docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageSigningStatus.html. No key is there: a signature is
an artifact that says what it is of, and nothing that could be verified. It is made at once, unless a test says
otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, json_response
from ministack.services import ecr, signer

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.ecr import callers, registry
from greenlight.rehearsal.cloud.ecr.identities import about, of_image
from greenlight.rehearsal.cloud.ecr.operations import Action, Operations, Request
from greenlight.rehearsal.cloud.ecr.wildcards import matches
from greenlight.rehearsal.cloud.requirement import require

ENDPOINT = "signatures"
SIGN = "signer:SignPayload"
ARTIFACT = "application/vnd.cncf.notary.signature"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def install(context: CloudContext, operations: Operations) -> None:
    """Sign what is pushed, and let tests say how it ends: `{"digest": …, "profile": …, "status": …}`."""
    require(ecr, "_put_image")
    require(signer, "_profiles")
    signatures = Signatures()
    ecr._put_image = signatures.signing(ecr._put_image)
    operations.add("DescribeImageSigningStatus", of_image(signatures.describe))
    context.control.route(ENDPOINT, signatures.plant)


class Signatures:
    """What became of the signatures, by image and profile."""

    def __init__(self) -> None:
        self._found: Any = AccountRegionScopedDict()

    def signing(self, put: Action) -> Action:
        """Sign after each push that was taken; an artifact of an image is not signed."""

        def put_image(request: Request) -> Any:
            answer = put(request)
            if answer[0] == 200 and "subject" not in _manifest(request):
                image = json.loads(answer[2])["image"]
                for profile in profiles(request["repositoryName"]):
                    self._sign(put, image, profile)
            return answer

        return put_image

    def plant(self, _method: str, _query: Query, body: Any) -> Answer:
        """Say what the signature of one image is from now on; with `status` null there is none."""
        statuses = self._found.setdefault(body["digest"], {})
        if body["status"] is None:
            statuses.pop(body["profile"], None)
        else:
            statuses[body["profile"]] = {name: body[name] for name in body.keys() - {"digest", "profile"}}
        return 200, {}

    def describe(self, name: str, image: Mapping[str, Any]) -> Any:
        """Answer as ECR does: a status for each profile."""
        statuses = self._found.get(image["imageDigest"], {}).items()
        told = [{"signingProfileArn": arn, **status} for arn, status in statuses]
        return json_response({**about(name, image), "signingStatuses": told})

    def _sign(self, put: Action, image: Mapping[str, Any], profile: str) -> None:
        digest = image["imageId"]["imageDigest"]
        statuses = self._found.setdefault(digest, {})
        if statuses.get(profile) == {"status": "COMPLETE"}:
            return
        if problem := _problem(profile):
            statuses[profile] = {"status": "FAILED", "failureCode": "AccessDenied", "failureReason": problem}
            return
        statuses[profile] = {"status": "COMPLETE"}
        put({"repositoryName": image["repositoryName"], "imageManifestMediaType": MANIFEST,
             "imageManifest": _artifact(digest, profile)})  # fmt: skip


def profiles(repository: str) -> list[str]:
    """The ARNs of the profiles with which images of a repository are signed; a rule without filters is about all."""
    return [
        str(rule["signingProfileArn"])
        for rule in registry.rules(registry.SIGNING)
        if not rule.get("repositoryFilters")
        or any(matches(each["filter"], repository) for each in rule["repositoryFilters"])
    ]


def _problem(profile: str) -> str:
    """Why nothing can be signed with a profile; empty when it can."""
    known = signer._profiles.get(profile.rpartition("/")[2])
    if not known or known.get("status") == "Canceled":
        return f"the signing profile {profile} is not active"
    if not callers.may(SIGN, profile):
        return f"not authorized to perform {SIGN} on {profile}"
    return ""


def _artifact(digest: str, profile: str) -> str:
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": ARTIFACT,
            "subject": {"mediaType": MANIFEST, "digest": digest},
            "annotations": {"greenlight.signed-with": profile},
            "layers": [],
        },
        sort_keys=True,
    )


def _manifest(request: Request) -> Mapping[str, Any]:
    try:
        found = json.loads(request.get("imageManifest", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
