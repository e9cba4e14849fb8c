"""Reads which platforms the images of the declared versions are for."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from greenlight.doctor.images import Repository
from greenlight.doctor.ports.aws import Aws, unless

MANIFESTS = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
]
UNKNOWN = "unknown"
"""The platform of what is no image, such as the attestations that buildx puts into an index."""
MOST_BYTES = 1_000_000
SECONDS = 8.0

Fetch = Callable[[str], bytes]
Platforms = tuple[str, ...]


def fetched(url: str) -> bytes:
    """Get a blob from where ECR says that it is: a signed URL of S3."""
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:
        return bytes(answer.read(MOST_BYTES))


class Images:
    """One look at repositories. `fetch` gets a blob by its URL."""

    def __init__(self, aws: Aws, fetch: Fetch = fetched) -> None:
        self._aws, self._fetch = aws, fetch

    def repository(
        self, name: str, wanted: tuple[str, ...], is_ours: bool, recorded: Mapping[str, str] | None = None
    ) -> Repository:
        """Read the images of the wanted versions. `recorded` are the digests that the journal remembers of them."""
        answers = {version: self._ask(name, version) for version in wanted}
        found = {version: answer[0] for version, answer in answers.items() if answer}
        manifests = {version: json.loads(image["imageManifest"]) for version, image in found.items()}
        platforms = {version: self._platforms(name, manifest) for version, manifest in manifests.items()}
        digests = {version: image["imageId"]["imageDigest"] for version, image in found.items()}
        return Repository(name, None not in answers.values(), is_ours, wanted, platforms, digests, recorded or {})

    def _ask(self, repository: str, version: str) -> list[Mapping[str, Any]] | None:
        """The image under a tag, if there is one; None when there is no repository.

        One call for each tag: an image with two of them is answered under one.
        """
        ecr, identity = self._aws.client("ecr"), {"imageTag": version}
        answer = unless(
            lambda: ecr.batch_get_image(repositoryName=repository, imageIds=[identity], acceptedMediaTypes=MANIFESTS),
            "RepositoryNotFoundException",
        )
        return None if answer is None else list(answer["images"])

    def _platforms(self, repository: str, manifest: Mapping[str, Any]) -> Platforms:
        """An index says it itself; a single image says it in its configuration, which is a blob of its own."""
        if "manifests" in manifest:
            platforms = (each.get("platform", {}) for each in manifest["manifests"])
            return tuple(_platform(each) for each in platforms if each.get("os", UNKNOWN) != UNKNOWN)
        digest = manifest["config"]["digest"]
        found = self._aws.client("ecr").get_download_url_for_layer(repositoryName=repository, layerDigest=digest)
        return (_platform(json.loads(self._fetch(found["downloadUrl"]))),)


def _platform(described: Mapping[str, Any]) -> str:
    return f"{described.get('os', UNKNOWN)}/{described.get('architecture', UNKNOWN)}"
