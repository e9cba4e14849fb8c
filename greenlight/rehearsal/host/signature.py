"""AWS Signature Version 4 for one JSON request, with the standard library alone: boto3 is slow to import."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of the instance's role."""

    access_key: str
    secret_key: str
    session_token: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Credentials:
        """Read them by their usual names. Raises KeyError, with the name, when one is not set."""
        token = environment.get("AWS_SESSION_TOKEN", "")
        return cls(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], token)


def signed_headers(
    credentials: Credentials, *, service: str, region: str, host: str, target: str, body: bytes, now: datetime
) -> dict[str, str]:
    """Return the headers of a POST to `/`, its signature included.

    The rules are those of docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html.
    """
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": "application/x-amz-json-1.1", "host": host, "x-amz-date": moment, "x-amz-target": target}
    if credentials.session_token:
        headers["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(headers))
    canonical = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n\n{canonical}\n{names}\n{_digest(body)}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{_digest(request.encode())}"
    signature = hmac.new(_key(credentials.secret_key, scope), to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={credentials.access_key}/{scope}"
    return {**headers, "authorization": f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"}


def _key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
