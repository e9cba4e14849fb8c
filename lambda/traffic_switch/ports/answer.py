"""The answer to CloudFormation: a PUT of JSON to the ResponseURL, which is a secret and is never logged."""

from __future__ import annotations

import http.client
import json
import logging
import re
import urllib.error
import urllib.request
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from traffic_switch.errors import AnswerElsewhereError, AnswerError, AwsCallError, RequestError
from traffic_switch.ports.answer_host import is_cloudformations
from traffic_switch.surroundings import Surroundings

log = logging.getLogger(__name__)

BODY_BYTES = 4096
"""CloudFormation refuses a longer answer (custom resource reference)."""

PATIENCE_SECONDS = 45.0
"""How long an answer is sent again. A function must keep as much of its time for it."""

TIMEOUT_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0

REFUSALS = 3
"""How often it is refused before that is believed: one refusal may be a proxy's, and no answer costs an hour."""

CUT = "..."
TRY_AGAIN = frozenset({408, 429})
"""What may pass, besides every 5xx."""

NO_URL = "the ResponseURL is no URL, so that nobody can be answered: look at who invoked the function"
ELSEWHERE = "the ResponseURL does not lead to CloudFormation, so nothing was sent: look at who invoked the function"

_FIELDS = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")


@dataclass(frozen=True)
class CloudFormationRequest:
    """The fields of a custom resource request that an answer must repeat."""

    response_url: str = field(repr=False)
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> CloudFormationRequest:
        """Read them from the event that CloudFormation sent. A Create has no physical id yet.

        Raises:
            RequestError: one is missing, so that no answer can be addressed.
        """
        missing = [name for name in _FIELDS if not event.get(name)]
        if missing:
            raise RequestError(
                f"the event has no {', '.join(missing)}: CloudFormation did not send it, and nobody can be answered"
            )
        url, stack_id, request_id, logical_id = (str(event[name]) for name in _FIELDS)
        return cls(url, stack_id, request_id, logical_id, str(event.get("PhysicalResourceId") or ""))


def answer(
    request: CloudFormationRequest,
    status: str,
    reason: str,
    data: Mapping[str, str] | None = None,
    physical_id: str = "",
    *,
    surroundings: Surroundings,
) -> None:
    """Tell CloudFormation SUCCESS or FAILED, for up to PATIENCE_SECONDS. Sending the same answer twice does no harm.

    Raises:
        AnswerElsewhereError: the URL is not CloudFormation's, so that nothing was sent.
        AnswerError: it was refused for good; trying again would not help.
        AwsCallError: nobody answered in time; trying again later may help.
    """
    if not is_cloudformations(request.response_url, surroundings.environment):
        raise AnswerElsewhereError(ELSEWHERE)
    fields = {
        "Status": status,
        "PhysicalResourceId": physical_id or request.physical_id or request.logical_id,
        "StackId": request.stack_id,
        "RequestId": request.request_id,
        "LogicalResourceId": request.logical_id,
        "Data": dict(data or {}),
    }
    _put(request.response_url, _body(fields, reason or status), surroundings)
    log.info("answered CloudFormation", extra={"status": status, "reason": reason})


def _body(fields: Mapping[str, Any], reason: str) -> bytes:
    """The answer, its reason cut so that all of it stays within BODY_BYTES; data that leave no room are left out."""
    room = BODY_BYTES - len(_json({**fields, "Reason": ""}))
    if room < len(CUT):
        return _body({**fields, "Data": {}}, reason) if fields["Data"] else _json({**fields, "Reason": ""})
    return _json({**fields, "Reason": _fitting(reason, room)})


def _fitting(text: str, room_bytes: int) -> str:
    if _bytes(text) <= room_bytes:
        return text
    kept = bisect_right(range(len(text)), room_bytes - len(CUT), key=lambda length: _bytes(text[:length])) - 1
    return text[:kept] + CUT


def _bytes(text: str) -> int:
    """How many bytes a text takes inside the quotes of a JSON string."""
    return len(_json(text)) - 2


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def _put(url: str, body: bytes, surroundings: Surroundings) -> None:
    deadline, pause, refusals = surroundings.monotonic() + PATIENCE_SECONDS, FIRST_PAUSE_SECONDS, 0
    while True:
        left = deadline - surroundings.monotonic()
        try:
            problem = _attempt(url, body, max(1.0, min(left, TIMEOUT_SECONDS)), surroundings)
        except AnswerError as error:
            problem, refusals = str(error), refusals + 1
            if refusals == REFUSALS:
                raise
        if not problem:
            return
        log.warning("CloudFormation did not take the answer", extra={"problem": problem})
        if surroundings.monotonic() + pause >= deadline:
            raise AwsCallError(f"CloudFormation did not take the answer within {PATIENCE_SECONDS:g} s: {problem}")
        surroundings.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _attempt(url: str, body: bytes, timeout: float, surroundings: Surroundings) -> str:
    """Send once; return what went wrong if another attempt may help, and an empty string if it was taken.

    The presigned URL was signed for an empty content type; any other is refused. What an exception says may name the
    URL, so only its class and the operating system's words are told.
    """
    try:
        request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
        reply = surroundings.fetch(request, timeout)
    except http.client.InvalidURL:
        raise AnswerError(NO_URL) from None
    except (OSError, http.client.HTTPException) as error:
        return _words(error)
    if 200 <= reply.status < 300:
        return ""
    if reply.status >= 500 or reply.status in TRY_AGAIN:
        return f"HTTP {reply.status}"
    raise AnswerError(
        f"CloudFormation refuses the answer with HTTP {reply.status}{_code(reply.body)}: the request has expired, or it"
        " was answered before. Look at the stack's events"
    )


def _words(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    said = cause.strerror if isinstance(cause, OSError) else ""
    return f"{type(cause).__name__}{f': {said}' if said else ''}"


def _code(body: bytes) -> str:
    found = re.search(rb"<Code>(\w{1,64})</Code>", body)
    return f" ({found[1].decode()})" if found else ""
