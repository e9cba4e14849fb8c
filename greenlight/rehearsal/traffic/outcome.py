"""How one request ended, told as its user would tell it."""

from __future__ import annotations

from enum import StrEnum, auto

FIRST_SERVER_ERROR = 500
REDIRECTS = (301, 302)
"""With these a load balancer redirects (API reference, RedirectActionConfig)."""


class RequestOutcome(StrEnum):
    """The end of one request; each one is counted apart, and all but an answer and a redirect are failures."""

    ANSWERED = auto()
    """A whole answer below status 500 that names the color it came from. A 404 is an answer too."""
    REFUSED = auto()
    """No connection could be opened."""
    RESET = auto()
    """The connection was closed before the first byte of the answer, or reset before its headers were whole."""
    TIMEOUT = auto()
    """No whole answer within the timeout, counted from the moment when the request was due."""
    SERVER_ERROR = auto()
    """Status 500 or above, from the application or from the balancer."""
    TRUNCATED = auto()
    """The connection ended in the middle of the answer's body."""
    UNMARKED = auto()
    """A whole answer that names neither color in X-Environment: nobody can say who gave it."""
    MALFORMED = auto()
    """Bytes that are not HTTP/1.1."""
    UNANSWERED = auto()
    """Still open when the generator stopped, after its grace period: counted, so that no request is lost."""
    REDIRECTED = auto()
    """Sent from HTTP to HTTPS by the load balancer, or back, where the load expects that."""

    @property
    def failed(self) -> bool:
        """Whether the user would call it a failure."""
        return self not in (RequestOutcome.ANSWERED, RequestOutcome.REDIRECTED)


def outcome_of_answer(status: int, *, marked: bool, led_on: bool = False) -> RequestOutcome:
    """Judge one whole answer: its status first, then whether it names a color. `led_on`: it goes where it may."""
    if status >= FIRST_SERVER_ERROR:
        return RequestOutcome.SERVER_ERROR
    if led_on and not marked and status in REDIRECTS:
        return RequestOutcome.REDIRECTED
    return RequestOutcome.ANSWERED if marked else RequestOutcome.UNMARKED
