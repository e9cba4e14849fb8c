"""The SDK's own retries, decided by botocore's own conditions and waited for in virtual time.

botocore's `max_attempts` of a Config counts retries: `{"max_attempts": 1}` makes two attempts. One attempt is
`{"total_max_attempts": 1}` or `{"max_attempts": 0}` (botocore/args.py, `_compute_retry_max_attempts`).
The quota of 500 tokens that stops retries of one client after about a hundred is left out.
"""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any

from botocore.retries.standard import RetryContext, StandardRetryConditions

from tests.simulation.errors import AwsError
from tests.simulation.operations import Operation

LEGACY_ATTEMPTS = {"dynamodb": 10}
"""botocore/data/_retry.json; five for all others."""

LONGEST_PAUSE = 20.0


class Retries:
    """How often one client tries, and how long it waits between two attempts."""

    def __init__(self, service: str, config: Any, random: Random) -> None:
        wanted = (config.retries if config is not None else None) or {}
        self._legacy = wanted.get("mode", "legacy") == "legacy"
        self._random = random
        self._base = 0.05 if self._legacy and service == "dynamodb" else 1.0
        self.attempts: int = self._total(service, wanted)

    def pause(self, operation: Operation, error: Exception, attempt: int) -> float | None:
        """Seconds until the next attempt, or None when there is none: too many, or not worth another."""
        if attempt >= self.attempts or not _worthwhile(operation, error, attempt):
            return None
        return self._random.random() * self._base * min(2.0 ** (attempt - 1), LONGEST_PAUSE)

    def _total(self, service: str, wanted: dict[str, Any]) -> int:
        if "total_max_attempts" in wanted:
            return int(wanted["total_max_attempts"])
        if "max_attempts" in wanted:
            return int(wanted["max_attempts"]) + 1
        return LEGACY_ATTEMPTS.get(service, 5) if self._legacy else 3


def _worthwhile(operation: Operation, error: Exception, attempt: int) -> bool:
    refused = isinstance(error, AwsError)
    context = RetryContext(
        attempt_number=attempt,
        operation_model=operation.model,
        parsed_response={"Error": {"Code": error.code}} if isinstance(error, AwsError) else None,
        http_response=SimpleNamespace(status_code=error.status, headers={}) if isinstance(error, AwsError) else None,
        caught_exception=None if refused else error,
    )
    return bool(StandardRetryConditions(max_attempts=attempt + 1).is_retryable(context))
