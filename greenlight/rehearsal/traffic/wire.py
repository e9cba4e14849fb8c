"""The bytes of a request, and the cookies that a virtual user keeps between requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

from greenlight.rehearsal.traffic.profile import Profile, RequestKind

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Shopper:
    """A virtual user who keeps the cookies that the service sets, as a browser would, and sends them back."""

    def __init__(self) -> None:
        self._cookies: dict[bytes, bytes] = {}

    def keep(self, set_cookie: bytes) -> None:
        """Remember one Set-Cookie value; its attributes do not matter on one host for minutes."""
        name, _, value = set_cookie.partition(b";")[0].strip().partition(b"=")
        self._cookies[name] = value

    @property
    def cookie(self) -> bytes:
        """The value of the Cookie header; empty before the first cookie."""
        return b"; ".join(name + b"=" + value for name, value in self._cookies.items())


class Sendable:
    """One kind of request, ready to be written to a connection to the given host."""

    __slots__ = ("_end", "_head", "_whole", "body_bytes", "body_seconds", "name")

    def __init__(self, kind: RequestKind, host: str) -> None:
        self.name = kind.name.encode()
        self.body_bytes, self.body_seconds = len((kind.body or "").encode()), kind.body_seconds
        self._head, self._end = _head(kind, host), _end(kind)
        self._whole = self._head + self._end

    def wire(self, cookie: bytes = b"") -> bytes:
        """Return the request's bytes, with the cookie if there is one."""
        return self._whole if not cookie else self._head + b"Cookie: " + cookie + b"\r\n" + self._end


def _head(kind: RequestKind, host: str) -> bytes:
    headers = f"Host: {host}\r\nUser-Agent: greenlight-traffic\r\nAccept: */*\r\n"
    return f"{kind.method} {kind.path} HTTP/1.1\r\n{headers}".encode()


def _end(kind: RequestKind) -> bytes:
    if kind.body is None:
        return b"\r\n"
    content = JSON if kind.body.startswith(("{", "[")) else FORM
    body = kind.body.encode()
    return f"Content-Type: {content}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def visits(profile: Profile, host: str, shoppers: int) -> Callable[[], tuple[Sendable, Shopper | None]]:
    """Return what gives the next request of the mix, with the shopper whose it is if it is anybody's.

    Shoppers take turns within each kind: a turn over all kinds together could give one of them only reads for ever.
    """
    sendables = {kind: Sendable(kind, host) for kind in profile.kinds}
    people = [Shopper() for _ in range(shoppers)]
    turns: dict[RequestKind, Iterator[Shopper]] = {kind: cycle(people) for kind in profile.kinds if kind.shopper}
    kinds = cycle(profile.sequence())

    def following() -> tuple[Sendable, Shopper | None]:
        kind = next(kinds)
        return sendables[kind], next(turns[kind]) if kind in turns else None

    return following
