"""Blobs of images: layers and configurations, uploaded in parts, and given out by URL.

ministack takes every part and keeps none. On AWS the URL is a signed one of S3, for whoever holds it; here it is one
of this process. A configuration is JSON, and says for which platform its image is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from ministack.core.responses import (
    AccountRegionScopedDict,
    error_response_json,
    get_account_id,
    json_response,
    new_uuid,
    request_scope,
)
from ministack.services import ecr

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.requirement import require

ENDPOINT = "layer"
PART_BYTES = 10 * 1024 * 1024

Request = Mapping[str, Any]


def install(context: CloudContext) -> Layers:
    """Keep what is uploaded, and give it out."""
    require(ecr, "_initiate_layer_upload", "_upload_layer_part", "_complete_layer_upload", "_repositories")
    require(ecr, "_batch_check_layer_availability", "_get_download_url_for_layer", "_registry_id")
    layers = Layers(context.endpoint_url)
    ecr._initiate_layer_upload = layers.initiate
    ecr._upload_layer_part = layers.upload
    ecr._complete_layer_upload = layers.complete
    ecr._batch_check_layer_availability = layers.check
    ecr._get_download_url_for_layer = layers.url
    context.control.route(ENDPOINT, layers.download, checks_itself=True)
    return layers


class Layers:
    """The blobs of all repositories by digest: what one holds, each of them may have."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._signing_key = secrets.token_bytes(32)
        self._uploads: dict[str, bytes] = {}
        self._blobs: Any = AccountRegionScopedDict()

    def initiate(self, request: Request) -> Any:
        """Begin an upload."""
        name = request.get("repositoryName", "")
        if name not in ecr._repositories:
            return _refusal("RepositoryNotFoundException", f"The repository with name '{name}' does not exist")
        upload = new_uuid()
        self._uploads[upload] = b""
        return json_response({"uploadId": upload, "partSize": PART_BYTES})

    def upload(self, request: Request) -> Any:
        """Add a part."""
        upload = request.get("uploadId", "")
        if upload not in self._uploads:
            return _refusal("UploadNotFoundException", f"The upload '{upload}' does not exist")
        self._uploads[upload] += base64.b64decode(request.get("layerPartBlob", ""))
        return json_response({**_about(request), "lastByteReceived": len(self._uploads[upload]) - 1})

    def complete(self, request: Request) -> Any:
        """End an upload, if it is what its digest says."""
        upload = request.get("uploadId", "")
        if upload not in self._uploads:
            return _refusal("UploadNotFoundException", f"The upload '{upload}' does not exist")
        blob = self._uploads.pop(upload)
        digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
        if digest not in request.get("layerDigests", ()):
            return _refusal("InvalidLayerException", f"The layer's digest is {digest}, which was not given")
        self._blobs[digest] = blob
        return json_response({**_about(request), "layerDigest": digest})

    def keep(self, blob: bytes) -> None:
        """Have a blob without an upload."""
        self._blobs[f"sha256:{hashlib.sha256(blob).hexdigest()}"] = blob

    def copy(self, digests: Iterable[str], region: str) -> None:
        """Let another region of the account have these, as far as they are here."""
        found = {digest: self._blobs[digest] for digest in digests if digest in self._blobs}
        with request_scope(get_account_id(), region):
            for digest, blob in found.items():
                self._blobs[digest] = blob

    def check(self, request: Request) -> Any:
        """Say which blobs are there."""
        found = [
            {
                "layerDigest": digest,
                "layerAvailability": "AVAILABLE" if digest in self._blobs else "UNAVAILABLE",
                "layerSize": len(self._blobs.get(digest, b"")),
            }
            for digest in request.get("layerDigests", ())
        ]
        return json_response({"layers": found, "failures": []})

    def url(self, request: Request) -> Any:
        """Say where a blob is."""
        digest = request.get("layerDigest", "")
        if digest not in self._blobs:
            name = request.get("repositoryName", "")
            return _refusal("LayersNotFoundException", f"The layer '{digest}' does not exist in '{name}'")
        url = f"{self._endpoint}/_greenlight/{ENDPOINT}?digest={digest}&signature={self._signature(digest)}"
        return json_response({"downloadUrl": url, "layerDigest": digest})

    def download(self, _method: str, query: Query, _body: object) -> Answer:
        """Give out a configuration. Nothing here has layers, which would be archives."""
        digest = query.get("digest", "")
        if not hmac.compare_digest(query.get("signature", "").encode(), self._signature(digest).encode()):
            return 403, {"error": "the address of the blob is not one that was given out"}
        blob = self._blobs.get(digest)
        return (200, json.loads(blob)) if blob else (404, {"error": "no such blob"})

    def _signature(self, digest: str) -> str:
        return hmac.new(self._signing_key, digest.encode(), hashlib.sha256).hexdigest()


def _about(request: Request) -> dict[str, Any]:
    name = request.get("repositoryName", "")
    return {"registryId": ecr._registry_id(), "repositoryName": name, "uploadId": request.get("uploadId", "")}


def _refusal(code: str, message: str) -> Any:
    return error_response_json(code, message, 400)
