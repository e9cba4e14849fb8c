"""A person's browser: connections from an address of its own, cookies, and a record of what was asked."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from traffic_switch.contract import ENVIRONMENT_HEADER, VERSION_HEADER, Color
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import HTTPError, IncompleteRead, NewConnectionError, ProtocolError, TimeoutError

from greenlight.rehearsal.traffic.outcome import RequestOutcome, outcome_of_answer
from greenlight.rehearsal.traffic.place import Place
from greenlight.rehearsal.traffic.record import RecordWriter

TIMEOUT_SECONDS = 30.0
IDLE_SECONDS = 40.0
"""Less than the 60 s after which a load balancer closes an idle connection (`idle_timeout.timeout_seconds`)."""
KEPT_CONNECTIONS = 1
"""A click at the same time gets one of its own, which is closed after it."""
_COLORS = {color.value: color for color in Color}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class FailedRequestError(Exception):
    """There was no answer, or one that says that the shop failed."""


@dataclass(frozen=True)
class Answer:
    """What came back. `location` is empty where nobody is led on, and `retry_after` zero where there is no wait."""

    status: int
    text: str
    location: str = ""
    retry_after: int = 0

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.text)


class SharedRecord:
    """The record of a load that many threads write to."""

    def __init__(self, path: Path) -> None:
        self._writer = RecordWriter(path)
        self._lock = threading.Lock()

    def add(self, began: float, outcome: RequestOutcome, request: str, headers: Mapping[str, str], status: int) -> None:
        """Note how one request ended that began at this Unix time."""
        now = time.time()
        color, version = _COLORS.get(headers.get(ENVIRONMENT_HEADER, "")), headers.get(VERSION_HEADER, "")
        with self._lock:
            self._writer.add(now, now - began, color, outcome, status, version.encode(), request.encode())
            self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


class Browser:
    """Asks the shop for one person, and keeps the cookies. It repeats nothing that failed, and follows no redirect."""

    def __init__(self, place: Place, address: str, record: SharedRecord | None = None) -> None:
        host, port = place.address
        common: dict[str, Any] = {"source_address": (address, 0), "maxsize": KEPT_CONNECTIONS, "retries": False}
        if place.tls:
            common |= {"ssl_context": place.tls, "server_hostname": place.name, "assert_hostname": place.name}
        kind = HTTPSConnectionPool if place.tls else HTTPConnectionPool
        self._dial: Callable[[], HTTPConnectionPool] = partial(
            kind, host, port, timeout=Timeout(total=TIMEOUT_SECONDS), **common
        )
        self._pool, self._asked_at = self._dial(), time.monotonic()
        self._host, self._record = place.host_header, record
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self.ask("GET", path)

    def send(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self.ask("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Call the JSON API."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = None if body is None else json.dumps(body)
        return self.ask(method, path, text, {**named, "Content-Type": "application/json"})

    def ask(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request and read its answer.

        Raises:
            FailedRequestError: its user would call it failed.
        """
        request = f"{method} {_ID.sub(':id', path.partition('?')[0])}"
        began, sent = time.time(), {"Host": self._host, **self._cookie(), **(headers or {})}
        try:
            answer = self._connected().request(method, path, body=body, headers=sent, redirect=False)
        except HTTPError as error:
            self._note(began, _ending(error), request)
            raise FailedRequestError(f"{request}: {type(error).__name__}") from error
        outcome = outcome_of_answer(answer.status, marked=answer.headers.get(ENVIRONMENT_HEADER) in _COLORS)
        self._note(began, outcome, request, answer.headers, answer.status)
        if outcome.failed:
            raise FailedRequestError(f"{request}: {outcome.name.lower()}, status {answer.status}")
        for cookie in answer.headers.getlist("Set-Cookie"):
            self._keep(cookie)
        wait = answer.headers.get("Retry-After", "")
        location = answer.headers.get("Location", "")
        return Answer(answer.status, answer.data.decode(), location, int(wait) if wait.isdigit() else 0)

    def _connected(self) -> HTTPConnectionPool:
        """A connection that was idle for long is left alone: the load balancer may be closing it at this moment."""
        idle, self._asked_at = time.monotonic() - self._asked_at, time.monotonic()
        if idle > IDLE_SECONDS:
            self._pool.close()
            self._pool = self._dial()
        return self._pool

    def _note(
        self,
        began: float,
        outcome: RequestOutcome,
        request: str,
        headers: Mapping[str, str] | None = None,
        status: int = 0,
    ) -> None:
        if self._record:
            self._record.add(began, outcome, request, headers or {}, status)

    def _cookie(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in list(self.cookies.items()))
        return {"Cookie": pairs} if pairs else {}

    def _keep(self, text: str) -> None:
        """A cookie without a value is one that is taken back."""
        for name, morsel in SimpleCookie(text).items():
            if morsel.value:
                self.cookies[name] = morsel.coded_value
            else:
                self.cookies.pop(name, None)


def _ending(error: HTTPError) -> RequestOutcome:
    if isinstance(error, NewConnectionError):
        return RequestOutcome.REFUSED
    if isinstance(error, TimeoutError):
        return RequestOutcome.TIMEOUT
    cut_off = isinstance(error, ProtocolError) and any(isinstance(each, IncompleteRead) for each in error.args)
    return RequestOutcome.TRUNCATED if cut_off or isinstance(error, IncompleteRead) else RequestOutcome.RESET
