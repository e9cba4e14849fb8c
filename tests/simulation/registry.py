"""ECR as the version guard uses it: images by tag and by digest, whose newest come first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.simulation.doors import moment
from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel

OCI = "application/vnd.oci.image.manifest.v1+json"


@dataclass
class Image:
    """One image: its manifest names it, tags come and go."""

    manifest: str
    pushed_at: float
    tags: set[str] = field(default_factory=set)

    @property
    def digest(self) -> str:
        """What AWS calls imageDigest."""
        return f"sha256:{sha256(self.manifest.encode()).hexdigest()}"

    def is_meant(self, identity: Mapping[str, str]) -> bool:
        """Whether ECR's ImageIdentifier is of this image."""
        by_tag = "imageTag" not in identity or identity["imageTag"] in self.tags
        return by_tag and identity.get("imageDigest", self.digest) == self.digest


class Registry:
    """The repositories of one account: name to images."""

    def __init__(self, kernel: Kernel) -> None:
        self.repositories: dict[str, list[Image]] = {}
        self._kernel = kernel

    def push(self, repository: str, tag: str, content: str = "") -> None:
        """What `docker push` of a new image under one tag does, where tags may move."""
        self._tag(repository, Image(f'{{"image": "{content or tag}"}}', self._kernel.time), tag)

    def batch_get_image(self, request: dict[str, Any]) -> dict[str, Any]:
        images = self._repository(request["repositoryName"])
        found, failures = [], []
        for wanted in request["imageIds"]:
            image = next((i for i in images if i.is_meant(wanted)), None)
            if image is None:
                failures.append({"imageId": wanted, "failureCode": "ImageNotFound", "failureReason": "not found"})
            else:
                id_ = {"imageDigest": image.digest, **wanted}
                found.append({"imageId": id_, "imageManifest": image.manifest, "imageManifestMediaType": OCI})
        return {"images": found, "failures": failures}

    def put_image(self, request: dict[str, Any]) -> dict[str, Any]:
        name, tag, manifest = request["repositoryName"], request.get("imageTag", ""), request["imageManifest"]
        image = next((i for i in self._repository(name) if i.manifest == manifest), None)
        if image is not None and tag in image.tags:
            raise AwsError("ImageAlreadyExistsException", f"Image with tag '{tag}' already exists")
        self._tag(name, image or Image(manifest, self._kernel.time), tag)
        return {"image": {"repositoryName": name, "imageManifest": manifest}}

    def describe_images(self, request: dict[str, Any]) -> dict[str, Any]:
        tagged = request.get("filter", {}).get("tagStatus") == "TAGGED"
        images = [image for image in self._repository(request["repositoryName"]) if image.tags or not tagged]
        start, size = int(request.get("nextToken", "0")), request.get("maxResults", 100)
        shown = [
            {"imageDigest": i.digest, "imageTags": sorted(i.tags), "imagePushedAt": moment(i.pushed_at)}
            for i in images[start : start + size]
        ]
        more = {"nextToken": str(start + size)} if start + size < len(images) else {}
        return {"imageDetails": shown, **more}

    def _repository(self, name: str) -> list[Image]:
        if name not in self.repositories:
            raise AwsError("RepositoryNotFoundException", f"The repository with name '{name}' does not exist")
        return self.repositories[name]

    def _tag(self, repository: str, image: Image, tag: str) -> None:
        images = self.repositories.setdefault(repository, [])
        for other in images:
            other.tags.discard(tag)
        image.tags.add(tag)
        if image not in images:
            images.append(image)
