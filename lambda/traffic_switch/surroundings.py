"""Everything outside a function's own code: its environment, AWS, HTTP and time, as one object.

Nothing else in `lambda/` reads a clock, sleeps, opens a connection or makes a client. The simulation therefore runs the
same handlers and ports in virtual time.
"""

from __future__ import annotations

import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

T = TypeVar("T")

SIDE_BY_SIDE = 32
"""Calls of one `spread` that may be under way at once: 20 requests a second, each out for 1.6 s."""

MOST_IN_STREAM = 256
"""Calls of one `stream` that may be under way at once: 20 requests a second, none of which is answered for 12 s."""


@dataclass(frozen=True)
class HttpReply:
    """One HTTP answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Surroundings(Protocol):
    """What a function finds around it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables."""

    def client(self, service: str, config: Config) -> Any:
        """A boto3 client of a service, with the timeouts and retries of `config`."""

    def fetch(self, request: urllib.request.Request, timeout: float) -> HttpReply:
        """Send one request, by no proxy, and follow no redirect. `timeout` is in seconds.

        A Host header names whom TLS has to prove, where the URL leads to a host of another name.

        Raises:
            OSError: nobody answered.
            http.client.HTTPException: what came back is no HTTP answer.
        """

    def spread(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> list[T]:
        """Start each call when it is due (seconds from now), however many are under way; keep their order."""

    def stream(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> Iterator[T]:
        """Start each call when it is due, as `spread` does, but yield each result as soon as its call has ended.

        The calls are in the order in which they are due. What a call raises is raised here. Once the iterator is
        closed, no further call starts, and nobody waits for those under way.
        """

    def now(self) -> float:
        """Unix time in seconds, by this machine's clock."""

    def monotonic(self) -> float:
        """Seconds that never jump; only differences mean anything."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class LambdaSurroundings:
    """The real ones."""

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ

    def client(self, service: str, config: Config) -> Any:
        make: Callable[..., Any] = boto3.client
        return make(service, config=config)

    def fetch(self, request: urllib.request.Request, timeout: float) -> HttpReply:
        try:
            with _OPENER.open(request, timeout=timeout) as answer:
                return _reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error.headers, error.read())

    def spread(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> list[T]:
        started = time.monotonic()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            under_way = []
            for due_seconds, call in calls:
                time.sleep(max(0.0, started + due_seconds - time.monotonic()))
                under_way.append(pool.submit(call))
            return [future.result() for future in under_way]

    def stream(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> Iterator[T]:
        started, ended = time.monotonic(), SimpleQueue[Future[T]]()
        pool, left = ThreadPoolExecutor(MOST_IN_STREAM), len(calls)
        try:
            for due_seconds, call in calls:
                for future in _ended_before(ended, started + due_seconds):
                    left -= 1
                    yield future.result()
                pool.submit(call).add_done_callback(ended.put)
            for _ in range(left):
                yield ended.get().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: following it would send the preview secret to whatever host it names."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _ended_before(ended: SimpleQueue[Future[T]], moment: float) -> Iterator[Future[T]]:
    """What ends until then by the monotonic clock; it returns when the moment has come."""
    while True:
        try:
            yield ended.get(timeout=max(0.0, moment - time.monotonic()))
        except Empty:
            return


class _Connection(http.client.HTTPConnection):
    """TLS with the host of the Host header: its name goes out as SNI, and the certificate must be for it."""

    default_port = http.client.HTTPS_PORT

    def __init__(self, *arguments: Any, server_name: str | None, tls: ssl.SSLContext, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._server_name, self._tls = server_name, tls

    def connect(self) -> None:
        super().connect()
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._server_name)


class _NamedHost(urllib.request.HTTPSHandler):
    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__()
        self._tls = tls

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        name = urlsplit(f"//{request.get_header('Host')}").hostname
        connection = partial(_Connection, server_name=name, tls=self._tls)
        return self.do_open(connection, request)


def opener(tls: ssl.SSLContext) -> urllib.request.OpenerDirector:
    """What sends every request to the host that its URL names, past any proxy; `tls` says whom it trusts."""
    no_proxy = urllib.request.ProxyHandler({})
    return urllib.request.build_opener(no_proxy, _NoRedirect, _NamedHost(tls))


_OPENER = opener(ssl.create_default_context())


def _reply(status: int, headers: Any, body: bytes) -> HttpReply:
    return HttpReply(status, {name.lower(): value for name, value in headers.items()}, body)
