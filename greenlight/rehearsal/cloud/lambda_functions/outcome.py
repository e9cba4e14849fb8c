"""What comes out of an invocation, in the shape that ministack hands on to whoever invoked the function."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Outcome = dict[str, Any]

_ORDER = ("errorMessage", "errorType", "requestId", "stackTrace")
"""Of a failure, as the runtime writes it."""


def returned(answer: Mapping[str, Any], lines: Sequence[str], request_id: str) -> Outcome:
    """The handler returned, or it raised: then the error is named after the exception's class, as on AWS."""
    log = "\n".join(lines)
    if "failure" not in answer:
        return {"body": answer["result"], "log": log}
    return _error({**answer["failure"], "requestId": request_id}, log)


def timed_out(timeout_seconds: float, lines: Sequence[str], request_id: str) -> Outcome:
    """Lambda ended the invocation because its time was over."""
    message = f"RequestId: {request_id} Error: Task timed out after {timeout_seconds:.2f} seconds"
    return _error({"errorType": "Sandbox.Timedout", "errorMessage": message}, "\n".join([*lines, message]))


def gone(reason: str, lines: Sequence[str], request_id: str) -> Outcome:
    """The process ended in the middle of an invocation."""
    message = f"RequestId: {request_id} Error: Runtime exited with error: {reason}"
    return _error({"errorType": "Runtime.ExitError", "errorMessage": message}, "\n".join([*lines, message]))


def step_functions_error(outcome: Outcome) -> tuple[str, str]:
    """The error name and the cause that Step Functions shows for a failed Lambda task."""
    body = outcome.get("body")
    if outcome.get("throttle"):
        return "Lambda.TooManyRequestsException", str(body["message"]) if body else "Rate exceeded"
    if isinstance(body, dict):
        known = {name: body[name] for name in _ORDER if name in body}
        return str(body.get("errorType", "Lambda.Unknown")), json.dumps({**known, **body}, separators=(",", ":"))
    return "Lambda.Unknown", str(body)


def _error(body: dict[str, Any], log: str) -> Outcome:
    return {"body": body, "error": True, "log": log}
