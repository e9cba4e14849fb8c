"""What comes out of an invocation, in the shape that ministack hands on to whoever invoked the function."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Outcome = dict[str, Any]

LARGEST_ANSWER = 6_291_556
"""Bytes (Lambda guide, "Lambda quotas": 6 MB; the exact number is what Lambda's error names)."""

_ORDER = ("errorMessage", "errorType", "requestId", "stackTrace")
"""Of a failure, as the runtime writes it."""


def returned(answer: Mapping[str, Any], lines: Sequence[str]) -> Outcome:
    """The handler returned, or it raised: then the error is named after the exception's class, as on AWS."""
    if "failure" in answer:
        return _error(answer["failure"], lines)
    if len(json.dumps(answer["result"], ensure_ascii=False).encode(errors="surrogatepass")) > LARGEST_ANSWER:
        said = f"Response payload size exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes)."
        return _error({"errorMessage": said, "errorType": "Function.ResponseSizeTooLarge"}, lines)
    return {"body": answer["result"], "lines": list(lines)}


def timed_out(timeout_seconds: float, lines: Sequence[str], request_id: str) -> Outcome:
    """Lambda ended the invocation because its time was over."""
    said = f"Task timed out after {timeout_seconds:.2f} seconds"
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {request_id} Error: {said}"}
    return {**_error(body, [*lines, f"{now} {request_id} {said}"]), "status": "Status: timeout"}


def out_of_memory(lines: Sequence[str], request_id: str) -> Outcome:
    """Lambda ended the process because it had more memory than the function may have."""
    return gone("signal: killed", lines, request_id, "Runtime.OutOfMemory")


def gone(reason: str, lines: Sequence[str], request_id: str, kind: str = "Runtime.ExitError") -> Outcome:
    """The process ended in the middle of an invocation; the reason is empty when it ended in order."""
    said = f"with error: {reason}" if reason else "without providing a reason"
    message = f"RequestId: {request_id} Error: Runtime exited {said}"
    body = {"errorType": kind, "errorMessage": message}
    return {**_error(body, [*lines, f"{message}\n{kind}"]), "status": f"Status: error\tError Type: {kind}"}


def step_functions_error(outcome: Outcome) -> tuple[str, str]:
    """The error name and the cause that Step Functions shows for a failed Lambda task."""
    body = outcome.get("body")
    if outcome.get("throttle"):
        return "Lambda.TooManyRequestsException", str(body["message"]) if body else "Rate exceeded"
    if isinstance(body, dict):
        known = {name: body[name] for name in _ORDER if name in body}
        return str(body.get("errorType", "Lambda.Unknown")), json.dumps({**known, **body}, separators=(",", ":"))
    return "Lambda.Unknown", str(body)


def _error(body: dict[str, Any], lines: Sequence[str]) -> Outcome:
    return {"body": body, "error": True, "lines": list(lines)}
