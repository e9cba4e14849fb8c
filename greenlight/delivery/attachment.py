"""What is kept beside an image in its registry: an artifact that names the image as its subject (OCI image spec 1.1).

Pure but for hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
EMPTY, EMPTY_TYPE = b"{}", "application/vnd.oci.empty.v1+json"
SBOM_TYPE, PROVENANCE_TYPE = "application/vnd.cyclonedx+json", "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Attachment:
    """A document about an image; `kind` ends the tag under which it is kept."""

    kind: str
    media_type: str
    content: bytes

    def tag(self, digest: str) -> str:
        """The image's digest and the kind, as cosign names what it attaches.

        Without a tag the rule for untagged images could delete it after a day.
        """
        return f"{digest.replace(':', '-')}.{self.kind}"

    @property
    def blobs(self) -> tuple[bytes, bytes]:
        """What the manifest names: its empty configuration, and the document."""
        return EMPTY, self.content

    def manifest(self, subject: Mapping[str, Any]) -> str:
        """The artifact's manifest; `subject` describes the image's."""
        return json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST_TYPE,
                "artifactType": self.media_type,
                "config": described(EMPTY_TYPE, EMPTY),
                "layers": [described(self.media_type, self.content)],
                "subject": dict(subject),
            },
            sort_keys=True,
        )


def described(media_type: str, content: bytes) -> dict[str, Any]:
    """A descriptor: the kind of some content, its digest and its size."""
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def digest_of(content: bytes) -> str:
    """A content's digest as registries write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
