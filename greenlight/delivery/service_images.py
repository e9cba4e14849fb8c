"""The images of one service as its ECR repository holds them, with the rights of a build that pushes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError
from greenlight_cdk.platforms import Platform
from version_guard.ports.images import MANIFEST_TYPES

from greenlight import denial
from greenlight.delivery.attachment import MANIFEST_TYPE, Attachment, described, digest_of
from greenlight.deployed_stack import IMPATIENT
from greenlight.errors import ReleaseError
from greenlight.wording import printable

THERE = ("ImageAlreadyExistsException", "ImageTagAlreadyExistsException")
"""What ECR says of a tag that somebody else put there meanwhile."""
UPLOADED = "LayerAlreadyExistsException"
"""What it says of a layer (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html)."""


class ServiceImages:
    """Reads manifests, and keeps documents beside images. `client` is boto3's for ECR."""

    def __init__(self, repository: str, client: Any = None) -> None:
        self._repository = repository
        self._client: Any = client or boto3.client("ecr", config=IMPATIENT)

    def sizes(self, tags: Iterable[str], platform: Platform) -> Mapping[str, int]:
        """What images weigh compressed, in bytes, by the tags that exist; of an index, its image for the platform.

        The sum of the layers, which is what DescribeImages calls imageSizeInBytes: a build that pushes may read
        manifests already.

        Raises:
            ReleaseError: the repository cannot be read.
        """
        found = {tag: self._manifest({"imageTag": tag}) for tag in tags}
        return {tag: self._weight(manifest, platform) for tag, manifest in found.items() if manifest}

    def of_platform(self, digest: str, platform: Platform) -> str:
        """The digest of what a platform pulls by a digest: of an index its image for the platform, else the same.

        Raises:
            ReleaseError: the index has no image for the platform, or the repository cannot be read.
        """
        manifest = self._manifest({"imageDigest": digest})
        children = manifest.get("manifests")
        if children is None:
            return digest
        found = [str(each["digest"]) for each in children if _platform(each) == platform]
        if not found:
            told = ", ".join(sorted({_platform(each) for each in children})) or "no platform"
            raise ReleaseError(
                f"{digest} of {self._repository} is an index for {printable(told)}; allowed: one with an image for"
                f" {platform}. Build all of it anew under a new version"
            )
        return found[0]

    def attach(self, digest: str, attachment: Attachment) -> bool:
        """Keep a document beside an image; False when one of its kind is there already, which then stays.

        Raises:
            ReleaseError: there is no such image, its tag is on something else, or the repository cannot be written.
        """
        tag = attachment.tag(digest)
        if self._is_beside(digest, tag):
            return False
        subject = self._image({"imageDigest": digest})
        if not subject:
            raise ReleaseError(f"the repository {self._repository} has no image {digest}: push it first")
        for blob in attachment.blobs:
            self._upload(blob)
        described_subject = described(subject["imageManifestMediaType"], subject["imageManifest"].encode())
        return self._put(tag, attachment.manifest(described_subject)) or not self._is_beside(digest, tag)

    def _is_beside(self, digest: str, tag: str) -> bool:
        """Whether something about the image has this tag; whoever may push can put there what is about another."""
        found = self._manifest({"imageTag": tag})
        subject = (found.get("subject") or {}).get("digest", "no image")
        if found and subject != digest:
            raise ReleaseError(
                f"the tag {tag} of {self._repository} is on something about {printable(subject)}; allowed: about"
                f" {digest}. Find out who pushed it (CloudTrail, PutImage), delete it, and run this again"
            )
        return bool(found)

    def _put(self, tag: str, manifest: str) -> bool:
        with self._told():
            try:
                self._client.put_image(
                    repositoryName=self._repository,
                    imageManifest=manifest,
                    imageManifestMediaType=MANIFEST_TYPE,
                    imageTag=tag,
                )
            except ClientError as error:
                if error.response["Error"]["Code"] not in THERE:
                    raise
                return False
        return True

    def _upload(self, blob: bytes) -> None:
        """Upload a blob in parts, unless the repository has it."""
        named = {"repositoryName": self._repository}
        with self._told():
            found = self._client.batch_check_layer_availability(**named, layerDigests=[digest_of(blob)])["layers"]
            if any(layer["layerAvailability"] == "AVAILABLE" for layer in found):
                return
            begun = self._client.initiate_layer_upload(**named)
            upload = {**named, "uploadId": begun["uploadId"]}
            for first in range(0, len(blob), begun["partSize"]):
                part = blob[first : first + begun["partSize"]]
                last = first + len(part) - 1
                self._client.upload_layer_part(**upload, partFirstByte=first, partLastByte=last, layerPartBlob=part)
            self._complete(upload, blob)

    def _complete(self, upload: Mapping[str, str], blob: bytes) -> None:
        """End an upload, unless another build has uploaded the same meanwhile."""
        try:
            self._client.complete_layer_upload(**upload, layerDigests=[digest_of(blob)])
        except ClientError as error:
            if error.response["Error"]["Code"] != UPLOADED:
                raise

    def _weight(self, manifest: Mapping[str, Any], platform: Platform) -> int:
        if "manifests" not in manifest:
            return sum(layer["size"] for layer in manifest.get("layers", ()))
        children = [each["digest"] for each in manifest["manifests"] if _platform(each) == platform]
        return sum(self._weight(self._manifest({"imageDigest": each}), platform) for each in children)

    def _manifest(self, identity: Mapping[str, str]) -> dict[str, Any]:
        image = self._image(identity)
        return dict(json.loads(image["imageManifest"])) if image else {}

    def _image(self, identity: Mapping[str, str]) -> Mapping[str, Any]:
        with self._told():
            answer = self._client.batch_get_image(
                repositoryName=self._repository, imageIds=[identity], acceptedMediaTypes=MANIFEST_TYPES
            )
        return dict(answer["images"][0]) if answer["images"] else {}

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            denied = denial.is_denial(error)
            said = f"AWS denied {denial.action(error)} to {denial.caller(error)}" if denied else printable(error)
            raise ReleaseError(f"the repository {self._repository} could not be used: {said}") from error


def _platform(child: Mapping[str, Any]) -> str:
    told = child.get("platform", {})
    return f"{told.get('os')}/{told.get('architecture')}"
