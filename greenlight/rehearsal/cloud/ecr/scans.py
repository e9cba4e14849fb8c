"""Scans of images: there is no scanner here, so that a scan finds what it was told to find, or nothing.

An image is scanned if the registry, or its repository, scanned what was pushed when it was pushed. Sources:
docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html and
docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html. An index of several platforms is not scanned,
its images are (aws/containers-roadmap#1683).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, json_response
from ministack.services import ecr

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.ecr import registry, wildcards
from greenlight.rehearsal.cloud.ecr.identities import about, of_image
from greenlight.rehearsal.cloud.ecr.operations import Operations, Request, refusal
from greenlight.rehearsal.cloud.requirement import require

ENDPOINT = "scans"
OPERATION = "DescribeImageScanFindings"
CLEAN: Mapping[str, Any] = {"status": "COMPLETE"}
WATCHED: Mapping[str, Any] = {"status": "ACTIVE"}
"""Amazon Inspector has looked, and goes on looking."""
MOST_FINDINGS = 1000
"""What one answer holds at most (API_DescribeImageScanFindings, maxResults), and what is not paged here."""


def install(context: CloudContext, operations: Operations) -> None:
    """Answer for scans, and let tests say what they find: `{"digest": …, "status": …, "findings": […]}`."""
    require(ecr, "_put_image", "_repositories", "_registry_id")
    scans = Scans()
    operations.add(OPERATION, of_image(scans.describe))
    ecr._put_image = _scanning(scans, ecr._put_image)
    context.control.route(ENDPOINT, scans.plant)


class Scans:
    """What was scanned, and what was found, by digest."""

    def __init__(self) -> None:
        self._found: Any = AccountRegionScopedDict()

    def begin(self, digest: str, found: Mapping[str, Any]) -> None:
        """Scan an image that was pushed."""
        self._found.setdefault(digest, found)

    def plant(self, _method: str, _query: Query, body: Any) -> Answer:
        """Say what a scan of one image finds from now on; a status alone may say that it has not finished."""
        if len(body.get("findings", ())) > MOST_FINDINGS:
            return 400, {"error": f"more than {MOST_FINDINGS} findings are not paged here"}
        self._found[body["digest"]] = {name: value for name, value in body.items() if name != "digest"}
        return 200, {}

    def describe(self, name: str, image: Mapping[str, Any]) -> Any:
        """Answer as ECR does, with Inspector's findings for an image of which that was said."""
        scan = self._found.get(image["imageDigest"])
        if scan is None:
            return refusal("ScanNotFoundException", f"Image scan does not exist for the image {image['imageDigest']}")
        return json_response({**about(name, image), **_told(scan)})


def _scanning(scans: Scans, put: Any) -> Any:
    def put_image(request: Request) -> Any:
        answer = put(request)
        begun = _begun(request.get("repositoryName", ""))
        if answer[0] == 200 and begun and _is_image(request.get("imageManifest", "")):
            scans.begin(json.loads(answer[2])["image"]["imageId"]["imageDigest"], begun)
        return answer

    return put_image


def _begun(name: str) -> Mapping[str, Any] | None:
    """The scan that a push begins. The registry's setting, where there is one, goes before the repository's own.

    Source: docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html.
    """
    scanning = registry.setting(registry.SCANNING) or registry.BASIC
    if scanning == registry.BASIC:
        own = ecr._repositories.get(name, {}).get("imageScanningConfiguration", {})
        return CLEAN if own.get("scanOnPush") else None
    filters = [
        (rule["scanFrequency"], each["filter"]) for rule in scanning["rules"] for each in rule["repositoryFilters"]
    ]
    found = {frequency for frequency, pattern in filters if wildcards.scans(pattern, name)}
    if "CONTINUOUS_SCAN" in found:
        return WATCHED
    return CLEAN if "SCAN_ON_PUSH" in found else None


def _is_image(manifest: str) -> bool:
    """Whether it is neither an index of images nor a signature of one."""
    try:
        return not {"manifests", "subject"} & json.loads(manifest).keys()
    except ValueError:
        return True


def _told(scan: Mapping[str, Any]) -> dict[str, Any]:
    findings = scan.get("findings", [])
    counts = Counter(each["severity"] for each in findings)
    kind = "enhancedFindings" if scan["status"] == "ACTIVE" else "findings"
    return {
        "imageScanStatus": {"status": scan["status"], "description": scan.get("description", "")},
        "imageScanFindings": {
            kind: findings,
            "findingSeverityCounts": scan.get("counts", counts),
            "imageScanCompletedAt": time.time(),
        },
    }
