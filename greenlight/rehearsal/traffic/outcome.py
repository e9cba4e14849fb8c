"""How one request ended, told as its user would tell it."""

from __future__ import annotations

from enum import IntEnum

FIRST_SERVER_ERROR = 500


class Outcome(IntEnum):
    """The end of one request; each one is counted apart, and all but the first are failures.

    The numbers are part of the record's format: append, never renumber.
    """

    ANSWERED = 0
    """A whole answer below status 500 that names the color it came from. A 404 is an answer too."""
    REFUSED = 1
    """No connection could be opened."""
    RESET = 2
    """The connection was closed before the first byte of the answer, or reset before its headers were whole."""
    TIMEOUT = 3
    """No whole answer within the timeout, counted from the moment when the request was due."""
    SERVER_ERROR = 4
    """Status 500 or above, from the application or from the balancer."""
    TRUNCATED = 5
    """The connection ended in the middle of the answer's body."""
    UNMARKED = 6
    """A whole answer that names neither color in X-Environment: nobody can say who gave it."""
    MALFORMED = 7
    """Bytes that are not HTTP/1.1."""
    UNANSWERED = 8
    """Still open when the generator stopped, after its grace period: counted, so that no request is lost."""

    @property
    def failed(self) -> bool:
        """Whether the user would call it a failure."""
        return self is not Outcome.ANSWERED


def outcome_of_answer(status: int, *, marked: bool) -> Outcome:
    """Judge one whole answer: its status first, then whether it names a color."""
    if status >= FIRST_SERVER_ERROR:
        return Outcome.SERVER_ERROR
    return Outcome.ANSWERED if marked else Outcome.UNMARKED
