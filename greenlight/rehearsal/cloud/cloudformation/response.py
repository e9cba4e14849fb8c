"""What CloudFormation accepts as the answer to a custom resource request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 4096
"""CloudFormation guide, "Custom resource response objects"."""

_REPEATED = ("StackId", "RequestId", "LogicalResourceId")


class CustomResourceError(Exception):
    """A custom resource failed. The text is what the stack event shows, the id what a Delete will be about."""

    def __init__(self, reason: str, physical_id: str = "") -> None:
        super().__init__(reason)
        self.physical_id = physical_id


@dataclass(frozen=True)
class Answered:
    """A custom resource as its provider says it is."""

    physical_id: str
    data: Mapping[str, Any]


def read(response: Mapping[str, Any], request: Mapping[str, Any]) -> Answered:
    """Check an answer against its request.

    Raises:
        CustomResourceError: the provider said FAILED, or its answer is none that CloudFormation accepts.
    """
    physical_id = str(response.get("PhysicalResourceId") or "")
    if response.get("Status") == "FAILED":
        reason = response.get("Reason") or "no reason was given"
        raise CustomResourceError(
            f"Received response status [FAILED] from custom resource. Message returned: {reason}"
            f" (RequestId: {request['RequestId']})",
            physical_id,
        )
    problem = _problem(response, request)
    if problem:
        raise CustomResourceError(f"Invalid response from custom resource: {problem}", physical_id)
    return Answered(physical_id, response.get("Data") or {})


def _problem(response: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    size = len(json.dumps(response, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MOST_BYTES:
        return f"Response object is too long: {size} bytes, at most {MOST_BYTES} are allowed"
    if response.get("Status") != "SUCCESS":
        return f"Status is {response.get('Status')!r}, it must be SUCCESS or FAILED"
    for name in _REPEATED:
        if response.get(name) != request[name]:
            return f"{name} is {response.get(name)!r}, it must be {request[name]!r}"
    return "" if response.get("PhysicalResourceId") else "Invalid PhysicalResourceId: it is missing"
