"""AWS Signature Version 4 for one request, with little of the standard library: what is imported is slow to start."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials:
    """Temporary credentials of the instance's role."""

    def __init__(self, access_key: str, secret_key: str, session_token: str) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.session_token = session_token

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Credentials:
        """Read them by their usual names. Raises KeyError, with the name, when one is not set."""
        token = environment.get("AWS_SESSION_TOKEN", "")
        return cls(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], token)


def signed_headers(
    credentials: Credentials, *, service: str, region: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> dict[str, str]:
    """Return the headers of a POST to `/`, its signature included. `headers` are in lower case, `host` among them.

    The rules are those of docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html.
    """
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {**headers, "x-amz-date": moment}
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
