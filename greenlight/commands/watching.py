"""The switches of all services followed while everything is deployed, the journal itself perhaps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from greenlight.commands.deploying import UNREADABLE
from greenlight.deployed import Deployed
from greenlight.follow import Follower, Tell

PAUSE_SECONDS = 3.0
"""Between two looks whether there is a journal by now."""


class Watch:
    """Follows each service's next switch; on a first deployment as soon as there is a journal."""

    def __init__(
        self,
        deployed: Deployed,
        services: Sequence[str],
        tell: Tell,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deployed, self._services, self._tell, self._now = deployed, services, tell, now
        self._next = now() + PAUSE_SECONDS
        self._followers = self._begun(first=False) if deployed.has_journal else []

    def look(self) -> None:
        """Look once. What AWS does not say now, it says later."""
        if not self._followers and self._now() >= self._next:
            self._next = self._now() + PAUSE_SECONDS
            self._try()
        for follower in self._followers:
            follower.look()

    def _try(self) -> None:
        try:
            if self._deployed.has_journal:
                self._followers = self._begun(first=True)
        except UNREADABLE:
            return

    def _begun(self, *, first: bool) -> list[Follower]:
        return [Follower(self._deployed.journal, name, told, first=first) for name, told in self._tellers()]

    def _tellers(self) -> Iterator[tuple[str, Tell]]:
        """Each service's own way to tell: its name comes first where there are several."""
        for name in self._services:
            yield name, self._naming(name) if len(self._services) > 1 else self._tell

    def _naming(self, service: str) -> Tell:
        return lambda phase, said: self._tell(phase, f"{service}: {said}")
