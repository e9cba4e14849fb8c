"""A switch followed live: each phase is told when it begins, and whenever it says something new."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError
from traffic_switch.errors import JournalAwayError
from traffic_switch.model import Mode

from greenlight.journal_view import JournalView, SwitchView
from greenlight.waiting import awaited
from greenlight.wording import printable

POLL_SECONDS = 0.5
Tell = Callable[[str, str], None]
UNREADABLE = (JournalAwayError, BotoCoreError, ClientError)
"""No news: the next look may read the journal."""


class _Teller:
    """Tells what a phase says once."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told: dict[str, str] = {}

    def __call__(self, switch: SwitchView) -> None:
        if switch.phase and self._told.get(switch.phase) != switch.said:
            self._told[switch.phase] = switch.said
            self._tell(printable(switch.phase), printable(switch.said))


class Follower:
    """Watches the next switch of a service that is asked for; the newest one before it is told apart by its id.

    When CloudFormation takes a release back, `seen` stays the release: that is what people ask about.
    """

    def __init__(self, journal: JournalView, service: str, tell: Tell, *, first: bool = False) -> None:
        """`first`: whatever the journal has of the service is news, since the journal is."""
        self._journal = journal
        self._service = service
        known = None if first else journal.newest(service)
        self._known_id = known.switch.id if known else ""
        self._tell = _Teller(tell)
        self.seen: SwitchView | None = None

    def look(self) -> None:
        """Look once. An unreadable journal is not news: the next look may read it."""
        try:
            newest = self._journal.newest(self._service)
            if newest is None or newest.switch.id == self._known_id:
                return
            self.seen = self._release(newest)
        except UNREADABLE:
            return
        self._tell(self.seen)

    def _release(self, newest: SwitchView) -> SwitchView:
        if newest.switch.mode is not Mode.RESTORE:
            return newest
        behind = self._journal.release_behind(newest)
        return newest if behind.switch.id == self._known_id else behind


def follow_to_end(
    journal: JournalView,
    switch_id: str,
    tell: Tell,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> SwitchView | None:
    """Follow one switch until it has ended or the time is over; return what was seen of it last."""
    teller = _Teller(tell)
    seen: SwitchView | None = None

    def look() -> SwitchView | None:
        nonlocal seen
        with suppress(*UNREADABLE):
            seen = journal.switch(switch_id) or seen
        if seen:
            teller(seen)
        return seen

    return awaited(look, lambda seen: seen and seen.ended, seconds, POLL_SECONDS, sleep=sleep, now=now)
