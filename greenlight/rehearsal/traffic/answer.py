"""Reads answers from the bytes of a connection: what HTTP/1.1 says, without any input or output of its own."""

from __future__ import annotations

from httptools import HttpParserError, HttpResponseParser
from traffic_switch.contract import ENVIRONMENT_HEADER, VERSION_HEADER, Color

from greenlight.rehearsal.traffic.outcome import RequestOutcome, outcome_of_answer

_ENVIRONMENT = ENVIRONMENT_HEADER.lower().encode()
_VERSION = VERSION_HEADER.lower().encode()
_COLORS = {color.value.encode(): color for color in Color}
_FIRST_FINAL_STATUS = 200


class AnswerReader:
    """Reads the answers of one connection, one after the other.

    After `begin`, feed it bytes until it tells an outcome; its attributes then describe that answer. `reusable` says
    whether the server lets the connection carry another request.
    """

    def __init__(self, redirects_to: str = "") -> None:
        self._redirects_to = redirects_to.encode()
        self._parser = HttpResponseParser(self)
        self.begin()

    def begin(self) -> None:
        """Forget the previous answer and expect the next."""
        self.complete = False
        self.reusable = False
        self.status = 0
        self.color: Color | None = None
        self.version = b""
        self.cookies: list[bytes] = []
        self._led_on = False
        self._started = False
        self._delimited = False

    def feed(self, data: bytes) -> RequestOutcome | None:
        """Take more bytes; return the outcome once it is known."""
        self._started = True
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            return RequestOutcome.MALFORMED
        return self._judged() if self.complete else None

    def closed(self, *, cleanly: bool) -> RequestOutcome:
        """Return the outcome of an answer whose connection has ended before it was complete.

        An answer with neither length nor chunks ends where its connection does, if that ends cleanly (RFC 9112, 6.3).
        """
        if not self.status:
            return RequestOutcome.RESET
        return self._judged() if cleanly and not self._delimited else RequestOutcome.TRUNCATED

    def _judged(self) -> RequestOutcome:
        return outcome_of_answer(self.status, marked=self.color is not None, led_on=self._led_on)

    # What httptools calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the few headers that matter."""
        name = name.lower()
        if name == _ENVIRONMENT:
            self.color = _COLORS.get(value)
        elif name == _VERSION:
            self.version = value
        elif name == b"location":
            self._led_on = bool(self._redirects_to) and value.startswith(self._redirects_to)
        elif name == b"set-cookie":
            self.cookies.append(value)
        elif name in (b"content-length", b"transfer-encoding"):
            self._delimited = True

    def on_headers_complete(self) -> None:
        """Note the status; a 1xx only announces the answer."""
        status = self._parser.get_status_code()
        self.status = status if status >= _FIRST_FINAL_STATUS else 0

    def on_message_complete(self) -> None:
        """Note the end of the answer; that of a 1xx is none. Only here does the parser still know about keep-alive."""
        self.complete = self.status > 0
        self.reusable = self.complete and self._parser.should_keep_alive()
