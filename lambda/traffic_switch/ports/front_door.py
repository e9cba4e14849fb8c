"""Requests through the load balancer, as a user would send them or through a color's preview rule."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from traffic_switch.contract import ENVIRONMENT_HEADER, VERSION_HEADER
from traffic_switch.model import Reply
from traffic_switch.surroundings import Surroundings

T = TypeVar("T")

TIMEOUT_SECONDS = 5.0
PER_SECOND = 20.0


class FrontDoor:
    """The front door of one service at a base URL. Every request opens its own connection, as a new user would.

    `host_name` is the domain that a request names, in its Host header and in TLS, where the URL leads to the load
    balancer by its own name; empty without a domain.
    """

    def __init__(self, url: str, surroundings: Surroundings, host_name: str = "") -> None:
        self._url, self._around = url.removesuffix("/"), surroundings
        self._headers = {"User-Agent": "greenlight", **({"Host": host_name} if host_name else {})}

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> Reply:
        """Send one GET. A request that got no answer is a reply too, with status 0 and what went wrong."""
        request = urllib.request.Request(self._url + path, headers={**self._headers, **(headers or {})})
        started = self._around.monotonic()
        try:
            answer = self._around.fetch(request, timeout_seconds)
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, "", "", self._elapsed_ms(started), problem=f"{type(error).__name__}: {error}")
        color, version = (answer.headers.get(name.lower(), "") for name in (ENVIRONMENT_HEADER, VERSION_HEADER))
        return Reply(answer.status, color, version, self._elapsed_ms(started))

    def ask_many(
        self,
        path: str,
        count: int,
        headers: Mapping[str, str] | None = None,
        per_second: float = PER_SECOND,
    ) -> tuple[Reply, ...]:
        """Send several at a steady rate, each when it is due, so that one slow answer does not hold up the others."""
        call = partial(self.ask, path, headers)
        return tuple(self._around.spread([(number / per_second, call) for number in range(count)]))

    def stream(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> Generator[T, None, None]:
        """Start calls when they are due and yield what they return as they end; see `Surroundings.stream`."""
        yield from self._around.stream(calls)

    def _elapsed_ms(self, started: float) -> float:
        return (self._around.monotonic() - started) * 1000
