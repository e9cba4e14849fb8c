"""One keep-alive connection: it carries one request at a time and tells its owner how that ended."""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from greenlight.rehearsal.traffic.answer import AnswerReader
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.wire import Sendable, Shopper

PIECES = 20
"""In how many pieces a body is sent that takes its time."""


class Visit:
    """One request from the moment it is due to its end. `due_at` is on the event loop's clock."""

    __slots__ = ("due_at", "request", "shopper")

    def __init__(self, due_at: float, request: Sendable, shopper: Shopper | None = None) -> None:
        self.due_at = due_at
        self.request = request
        self.shopper = shopper

    def wire(self) -> bytes:
        """Return the bytes to send now, with the cookies that the shopper has by now."""
        return self.request.wire(self.shopper.cookie) if self.shopper else self.request.wire()


class Owner(Protocol):
    """What a connection reports to."""

    def opened(self, connection: Connection) -> None:
        """The connection can carry a request."""

    def ended(self, visit: Visit, outcome: RequestOutcome, answer: AnswerReader) -> None:
        """The visit is over; called once for each."""

    def freed(self, connection: Connection) -> None:
        """The connection can carry the next request."""

    def lost(self, connection: Connection) -> None:
        """The connection will carry nothing more; called once."""


class Connection(asyncio.Protocol):
    """A connection as the event loop sees it.

    An answer that comes before its request was sent whole leaves the connection of no use for the next one.
    A request that meets a connection which the server is just closing fails. RFC 9110 (9.2.2) would let a client send
    an idempotent request again; this one never does, so that no failure hides behind a retry.
    """

    def __init__(self, owner: Owner, redirects_to: str = "") -> None:
        self._owner = owner
        self._answer = AnswerReader(redirects_to)
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self.visit: Visit | None = None
        self.usable = False

    def send(self, visit: Visit) -> None:
        """Write the request; its end is reported to the owner."""
        assert self._transport is not None
        self.visit = visit
        self._answer.begin()
        wire = visit.wire()
        at_once = len(wire) - visit.request.body_bytes if visit.request.body_seconds else len(wire)
        self._rest = wire[at_once:]
        self._transport.write(wire[:at_once])
        if self._rest:
            self._send_rest(visit, -(-len(self._rest) // PIECES))

    def _send_rest(self, visit: Visit, size: int) -> None:
        """Send one piece of the body after the other, unless the visit ended meanwhile."""
        if self.visit is not visit or self._transport is None:
            return
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._transport.write(piece)
        if self._rest:
            loop = asyncio.get_running_loop()
            loop.call_later(visit.request.body_seconds / (PIECES - 1), self._send_rest, visit, size)

    def give_up(self, outcome: RequestOutcome) -> None:
        """End the visit with an outcome of the caller's, and drop the connection: its answer may still come."""
        self._end(outcome)
        self.drop()

    def drop(self) -> None:
        """Close the connection at once."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Offer the new connection to the owner."""
        self._transport = cast(asyncio.Transport, transport)
        self.usable = True
        self._owner.opened(self)

    def data_received(self, data: bytes) -> None:
        """Read the answer; bytes that nobody asked for make the connection useless."""
        outcome = self._answer.feed(data) if self.visit else RequestOutcome.MALFORMED
        if outcome is None:
            return
        self.usable = (
            self.usable and self._answer.reusable and not self._rest and outcome is not RequestOutcome.MALFORMED
        )
        self._end(outcome)
        if self.usable:
            self._owner.freed(self)
        else:
            self.drop()

    def eof_received(self) -> bool:
        """The server has closed: end what is open, and let the event loop close this side too."""
        self.usable = False
        self._end(self._answer.closed(cleanly=True))
        return False

    def connection_lost(self, _error: Exception | None) -> None:
        """The connection is gone, by a reset, by the server's close or by our own."""
        self.usable = False
        self._end(self._answer.closed(cleanly=False))
        self._owner.lost(self)

    def _end(self, outcome: RequestOutcome) -> None:
        visit, self.visit = self.visit, None
        if visit is not None:
            self._owner.ended(visit, outcome, self._answer)
