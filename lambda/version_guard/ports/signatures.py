"""The signatures that ECR's managed signing made of the images of one repository."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from version_guard.ports.scans import BUSY
from version_guard.signature import Signature


class Signatures:
    """Asks ECR. `client` is boto3's for ECR."""

    def __init__(self, client: Any, repository: str) -> None:
        self._client = client
        self._repository = repository

    def signatures(self, digest: str) -> Sequence[Signature]:
        """One for each profile that the image was to be signed with; none yet while ECR is busy."""
        try:
            answer = self._client.describe_image_signing_status(
                repositoryName=self._repository, imageId={"imageDigest": digest}
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in BUSY:
                return ()
            raise
        return tuple(
            Signature(
                each.get("signingProfileArn", ""),
                each.get("status", ""),
                " ".join(filter(None, (each.get("failureCode"), each.get("failureReason")))),
            )
            for each in answer.get("signingStatuses", ())
        )
