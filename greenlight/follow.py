"""A switch followed live: each phase is told once, when it begins."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from greenlight.journal_view import JournalView, SwitchView


class Follower:
    """Watches the next release of a service that is asked for; the newest one before it is told apart by its id."""

    def __init__(self, journal: JournalView, service: str, tell: Callable[[str, str], None]) -> None:
        self._journal = journal
        self._service = service
        known = journal.newest(service)
        self._known_id = known.switch.id if known else ""
        self._tell = tell
        self._told: dict[str, str] = {}
        self.seen: SwitchView | None = None

    def look(self) -> None:
        """Look once. An unreadable journal is not news: the next look may read it."""
        try:
            newest = self._journal.newest(self._service)
        except (BotoCoreError, ClientError):
            return
        if newest is None or newest.switch.id == self._known_id:
            return
        self.seen = newest
        if newest.phase and self._told.get(newest.phase) != newest.said:
            self._told[newest.phase] = newest.said
            self._tell(newest.phase, newest.said)
