"""A switch followed live: each phase is told once, when it begins."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from greenlight.journal_view import JournalView, SwitchView


class Follower:
    """Watches a service's newest release, from the first one after `since` (Unix seconds)."""

    def __init__(self, journal: JournalView, service: str, since: float, tell: Callable[[str, str], None]) -> None:
        self._journal = journal
        self._service = service
        self._since = since
        self._tell = tell
        self._told: dict[str, str] = {}
        self.seen: SwitchView | None = None

    def look(self) -> None:
        """Look once. An unreadable journal is not news: the next look may read it."""
        try:
            newest = self._journal.newest(self._service)
        except (BotoCoreError, ClientError):
            return
        if newest is None or newest.started_at < self._since:
            return
        self.seen = newest
        if newest.phase and self._told.get(newest.phase) != newest.said:
            self._told[newest.phase] = newest.said
            self._tell(newest.phase, newest.said)
