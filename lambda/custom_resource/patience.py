"""Calls of AWS within the function's time, by a role whose permissions may be seconds old."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError
from traffic_switch.errors import AwsCallError
from traffic_switch.surroundings import Surroundings

T = TypeVar("T")

PROPAGATION_SECONDS = 30.0
"""How long a refusal by IAM is tried again: a policy that was written a moment ago does not count everywhere yet."""

PAUSE_SECONDS = 2.0
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class Patience:
    """Makes one event's calls, one after the other, none after the deadline (in seconds from now)."""

    def __init__(self, surroundings: Surroundings, seconds: float) -> None:
        self._surroundings = surroundings
        self._seconds = seconds
        self._deadline = surroundings.monotonic() + seconds
        self._denied_since: float | None = None

    @property
    def seconds_left(self) -> float:
        """How long calls may still be made."""
        return max(0.0, self._deadline - self._surroundings.monotonic())

    def __call__(self, call: Callable[[], T]) -> T:
        """Return what the call returns.

        Raises:
            AwsCallError: the time for calls was over before this one.
        """
        while True:
            if self._surroundings.monotonic() >= self._deadline:
                raise AwsCallError(f"AWS took more than {self._seconds:g} s to answer: deploy again")
            try:
                return call()
            except (ClientError, AwsCallError) as error:
                if not is_denied(error) or not self._may_pass():
                    raise
            self._surroundings.sleep(PAUSE_SECONDS)

    def _may_pass(self) -> bool:
        now = self._surroundings.monotonic()
        if self._denied_since is None:
            self._denied_since = now
        return now + PAUSE_SECONDS < min(self._denied_since + PROPAGATION_SECONDS, self._deadline)


def is_denied(error: BaseException | None) -> bool:
    """Whether IAM refused the call: in AWS's own words, or in the journal's, which tells of its calls in its own."""
    if isinstance(error, AwsCallError):
        return is_denied(error.__cause__)
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in DENIED
