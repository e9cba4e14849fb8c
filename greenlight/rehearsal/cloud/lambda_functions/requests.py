"""Requests to invoke a function: refused as Lambda refuses them, and known by one id from the caller to the log.

Lambda guide, "Lambda quotas" and "Invoke": ministack takes a payload of any size, takes one that is no JSON for an
empty one, and gives every try of an event an id of its own. The texts are those that users of AWS report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import error_response_json, new_uuid
from ministack.services import lambda_svc

from greenlight.rehearsal.cloud.requirement import require

LARGEST = {"RequestResponse": 6_291_456, "Event": 1_048_576}
"""Bytes of a payload, by the type of the invocation."""
TYPES = ("Event", "RequestResponse", "DryRun")
REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id that the next invocation in this context has; empty for one that has to find its own."""

_INVOCATIONS = re.compile(r"/[\d-]+/functions/[^/]+/invocations/?")
_ID = "x-amzn-requestid"
_NOT_JSON = "Could not parse request body into json: Could not parse payload into json"

Answer = tuple[int, dict[str, str], bytes]
Handle = Callable[..., Awaitable[Answer]]


def install() -> None:
    """Put ourselves around ministack's requests."""
    require(lambda_svc, "handle_request", "new_uuid", "_throttle_response")
    lambda_svc.handle_request = _checked(lambda_svc.handle_request)
    lambda_svc.new_uuid = _given_id(lambda_svc.new_uuid)
    lambda_svc._throttle_response = _throttled(lambda_svc._throttle_response)


def refusal(kind: str, payload: bytes) -> tuple[int, str, str] | None:
    """The status, the code and the message of what Lambda refuses, or nothing."""
    if len(payload) > LARGEST["RequestResponse"]:
        said = f"Request must be smaller than {LARGEST['RequestResponse']} bytes for the InvokeFunction operation"
        return 413, "RequestEntityTooLargeException", said
    if kind not in TYPES:
        said = f"Value '{kind}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set"
        return 400, "ValidationException", f"1 validation error detected: {said}: [{', '.join(TYPES)}]"
    if kind == "Event" and len(payload) > LARGEST[kind]:
        said = f"{len(payload)} byte payload is too large for the Event invocation type (limit {LARGEST[kind]} bytes)"
        return 413, "RequestEntityTooLargeException", said
    try:
        json.loads(payload or b"{}")
    except ValueError as error:
        return 400, "InvalidRequestContentException", f"{_NOT_JSON}: {error}"
    return None


def _checked(handle: Handle) -> Handle:
    async def handle_request(method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> Answer:
        if method != "POST" or not _INVOCATIONS.fullmatch(path):
            return await handle(method, path, headers, body, *rest)
        refused = refusal(headers.get("x-amz-invocation-type") or "RequestResponse", body)
        if refused:
            status, code, message = refused
            answer: Answer = error_response_json(code, message, status, {"Type": "User"})
            return answer
        request_id = new_uuid()
        REQUEST.set(request_id)
        status, answered, content = await handle(method, path, headers, body, *rest)
        if status in (202, 204):
            answered.pop("X-Amz-Executed-Version", None)
        return status, _Identified({**answered, _ID: request_id}), content

    return handle_request


class _Identified(dict[str, str]):
    """Headers that keep the id of their request: ministack gives every answer a new one."""

    def update(self, other: Mapping[str, str]) -> None:  # type: ignore[override]
        """Take all others."""
        super().update({**other, _ID: self[_ID]})


def _given_id(choose: Callable[[], str]) -> Callable[[], str]:
    """The id of an invocation is the first one that ministack asks for; what it asks for later are other things."""

    def choose_id() -> str:
        given = REQUEST.get()
        REQUEST.set("")
        return given or choose()

    return choose_id


def _throttled(respond: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def throttle_response(reason_code: str, _message: str = "", *rest: Any, **more: Any) -> dict[str, Any]:
        more.pop("msg", None)
        result = respond(reason_code, "Rate Exceeded.", *rest, **more)
        result["body"]["Type"] = "User"
        return result

    return throttle_response
