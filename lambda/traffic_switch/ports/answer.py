"""The answer to CloudFormation: a PUT of JSON to the ResponseURL, which is a secret and is never logged."""

from __future__ import annotations

import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

REASON_LIMIT = 1000
"""Characters of a reason: CloudFormation refuses answers of more than 4,096 bytes."""

ATTEMPTS = 5
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class CloudFormationRequest:
    """The fields of a custom resource request that an answer must repeat."""

    response_url: str
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> CloudFormationRequest:
        """Read them from the event that CloudFormation sent. A Create has no physical id yet."""
        return cls(
            response_url=event["ResponseURL"],
            stack_id=event["StackId"],
            request_id=event["RequestId"],
            logical_id=event["LogicalResourceId"],
            physical_id=event.get("PhysicalResourceId", ""),
        )


def answer(
    request: CloudFormationRequest,
    status: str,
    reason: str,
    data: Mapping[str, str] | None = None,
    physical_id: str = "",
) -> None:
    """Tell CloudFormation SUCCESS or FAILED, retrying what the network loses.

    Raises:
        urllib.error.URLError: no attempt got through.
    """
    body = json.dumps(
        {
            "Status": status,
            "Reason": reason[:REASON_LIMIT],
            "PhysicalResourceId": physical_id or request.physical_id or request.logical_id,
            "StackId": request.stack_id,
            "RequestId": request.request_id,
            "LogicalResourceId": request.logical_id,
            "Data": dict(data or {}),
        }
    ).encode()
    _put(request.response_url, body)
    log.info("answered CloudFormation", extra={"status": status, "reason": reason[:REASON_LIMIT]})


def _put(url: str, body: bytes) -> None:
    """The presigned URL was signed for an empty content type; any other is refused."""
    for attempt in range(1, ATTEMPTS + 1):
        request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.URLError as error:
            if attempt == ATTEMPTS:
                raise
            log.warning("CloudFormation was not reached", extra={"attempt": attempt, "problem": str(error.reason)})
            time.sleep(2 ** (attempt - 1))
