"""The scans of the images of one ECR repository, basic ones and those of Amazon Inspector."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from version_guard.ports.images import INDEX_TYPES, MANIFEST_TYPES
from version_guard.scan import NONE, Scan

PROVENANCE, ATTESTATION = "vnd.docker.reference.type", "attestation-manifest"
"""How BuildKit marks what it puts into an index beside the images. It is for no platform, so that nobody runs it."""

BUSY = frozenset({"ThrottlingException", "TooManyRequestsException", "ServerException", "LimitExceededException"})
"""Refusals that say nothing of the scan: it is asked for again, as one that has not finished."""

UNRESOLVED = "ACTIVE"
"""A finding of Inspector's that was neither closed nor suppressed."""


class Scans:
    """Reads what ECR found. `client` is boto3's for ECR."""

    def __init__(self, client: Any, repository: str) -> None:
        self._client = client
        self._repository = repository

    def platforms(self, digest: str) -> Sequence[str]:
        """The digests of the images that a digest names: itself, or those of an index; none when it is gone."""
        answer = self._client.batch_get_image(
            repositoryName=self._repository, imageIds=[{"imageDigest": digest}], acceptedMediaTypes=MANIFEST_TYPES
        )
        if not answer["images"]:
            return ()
        manifest = json.loads(answer["images"][0]["imageManifest"])
        return tuple(self._images_of(manifest["manifests"])) if "manifests" in manifest else (digest,)

    def _images_of(self, manifests: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        for each in manifests:
            if each.get("mediaType") in INDEX_TYPES:
                yield from self.platforms(each["digest"]) or (str(each["digest"]),)
            elif not _is_attestation(each):
                yield str(each["digest"])

    def scan(self, digest: str) -> Scan:
        """The scan of one image as it stands now."""
        pages = self._client.get_paginator("describe_image_scan_findings").paginate(
            repositoryName=self._repository, imageId={"imageDigest": digest}
        )
        try:
            return _scan(list(pages))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ScanNotFoundException":
                return Scan(NONE)
            if code in BUSY:
                return Scan("PENDING", code)
            raise


def _scan(pages: Sequence[Mapping[str, Any]]) -> Scan:
    parts = [page.get("imageScanFindings", {}) for page in pages]
    findings = [each for part in parts for each in (*part.get("findings", ()), *part.get("enhancedFindings", ()))]
    listed = Counter(each.get("severity", "") for each in findings)
    counts = Counter(parts[0].get("findingSeverityCounts", {})) - listed
    status = pages[-1].get("imageScanStatus", {})
    return Scan(
        status.get("status", "FINDINGS_UNAVAILABLE"),
        status.get("description", ""),
        _names(findings),
        dict(counts),
        is_dated=bool(findings or counts or parts[0].get("imageScanCompletedAt")),
    )


def _is_attestation(entry: Mapping[str, Any]) -> bool:
    platform, notes = entry.get("platform") or {}, entry.get("annotations") or {}
    is_nowhere = platform.get("os") == platform.get("architecture") == "unknown"
    return is_nowhere and notes.get(PROVENANCE) == ATTESTATION


def _names(findings: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The names of the findings that nobody suppressed, by severity, in an order that two answers agree on."""
    names: dict[str, list[str]] = defaultdict(list)
    for each in findings:
        if each.get("status", UNRESOLVED) == UNRESOLVED:
            package = each.get("packageVulnerabilityDetails", {})
            name = each.get("name") or package.get("vulnerabilityId") or each.get("title") or "unnamed"
            names[each.get("severity", "")].append(name)
    return {severity: tuple(sorted(each)) for severity, each in names.items()}
