"""Surroundings without AWS: a clock that only sleeping moves, and an HTTP server that says what it was told to."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from traffic_switch.surroundings import HttpReply

T = TypeVar("T")


@dataclass
class FakeSurroundings:
    """`replies` are what the server does, one after the other and the last one for ever: a status or an exception.

    `lag_seconds` is what each exchange takes. `clients` are handed out by service.
    """

    replies: list[HttpReply | Exception] = field(default_factory=lambda: [HttpReply(200)])
    lag_seconds: float = 0.0
    environment: Mapping[str, str] = field(default_factory=lambda: {"AWS_REGION": "us-east-1"})
    clients: Mapping[str, Any] = field(default_factory=dict)
    clock: float = 1_000.0
    requests: list[urllib.request.Request] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)

    def client(self, service: str, config: object) -> Any:
        return self.clients[service]

    def fetch(self, request: urllib.request.Request, timeout: float) -> HttpReply:
        self.requests.append(request)
        self.timeouts.append(timeout)
        self.clock += self.lag_seconds
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def spread(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> list[T]:
        return [call() for _, call in calls]

    def stream(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> Iterator[T]:
        yield from (call() for _, call in calls)

    def now(self) -> float:
        return self.clock

    def monotonic(self) -> float:
        return self.clock

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.clock += seconds
