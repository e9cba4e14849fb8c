"""The way to AWS: one client for each service, patient for seconds only, and answers that say "there is none"."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

CALLS = Config(connect_timeout=3, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 3})

Found = TypeVar("Found")


class Aws:
    """Clients by service, made one at a time: clients are safe between threads, sessions are not (boto3 guide)."""

    def __init__(self, session: boto3.Session | None = None) -> None:
        self.session = session or boto3.Session()
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        """The service's client, made when it is first asked for."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self.session.client(service, config=CALLS)  # type: ignore[call-overload]
            return self._clients[service]

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:
        """Everything of all pages."""
        pages = self.client(service).get_paginator(operation).paginate(**parameters)
        return [item for page in pages for item in page[key]]


def unless(call: Callable[[], Found], *codes: str) -> Found | None:
    """The answer, or None when AWS answers with one of these codes: that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"].get("Code") in codes:
            return None
        raise
