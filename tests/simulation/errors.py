"""How a fake service says no; the client turns it into what boto3 raises."""

from __future__ import annotations

from typing import Any


class AwsError(Exception):
    """AWS's refusal of one call: the code and message of the reply, and what else the reply holds."""

    def __init__(self, code: str, message: str, status: int = 400, **more: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.more = more


def invalid(message: str) -> AwsError:
    """DynamoDB's and the JSON services' general refusal."""
    return AwsError("ValidationException", message)
