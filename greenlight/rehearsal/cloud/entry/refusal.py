"""How the local cloud turns somebody away, before AWS's API is reached."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from greenlight.rehearsal.cloud.control import Scope, Send

FORBIDDEN = 403
_JSON = b"json"
_NAMES_IN_XML = {
    "AccessDeniedException": "AccessDenied",
    "ExpiredTokenException": "ExpiredToken",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "UnrecognizedClientException": "InvalidClientTokenId",
}
"""How the query protocol calls what the JSON protocols call an exception (API references, "Common Error Types")."""


async def refuse(
    scope: Scope, send: Send, message: str, code: str = "AccessDeniedException", status: int = FORBIDDEN
) -> None:
    """Answer in the form that the client reads: JSON to whoever sends JSON, XML to the others."""
    if any(name.lower() == b"content-type" and _JSON in value for name, value in scope["headers"]):
        kind, body = b"application/json", json.dumps({"__type": code, "message": message})
    else:
        kind, body = b"text/xml", _xml(code, message)
    headers = [(b"content-type", kind), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


def _xml(code: str, message: str) -> str:
    name = _NAMES_IN_XML.get(code, code)
    error = f"<Error><Type>Sender</Type><Code>{escape(name)}</Code><Message>{escape(message)}</Message></Error>"
    return f"<ErrorResponse>{error}<RequestId>refused</RequestId></ErrorResponse>"
