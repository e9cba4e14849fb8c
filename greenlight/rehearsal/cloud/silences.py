"""What AWS does not say: a message that a policy keeps from its topic is lost, and nobody is told.

A rehearsal says it: every loss fails the acts that come after it, and what is only different here is noted once.
"""

from __future__ import annotations

import logging
import threading

from greenlight.rehearsal.cloud.control import Answer, Control, Query

log = logging.getLogger(__name__)


class Silences:
    """Collects sentences, each of them once. Thread-safe."""

    def __init__(self, control: Control) -> None:
        self._lock = threading.Lock()
        self._lost: dict[str, None] = {}
        self._notes: dict[str, None] = {}
        control.route("silences", self._show)

    def lost(self, what: str) -> None:
        """Keep what AWS would have lost without a word."""
        self._keep(self._lost, what, logging.ERROR)

    def note(self, what: str) -> None:
        """Keep in what this run is not as AWS."""
        self._keep(self._notes, what, logging.WARNING)

    def _keep(self, kept: dict[str, None], what: str, level: int) -> None:
        with self._lock:
            is_new = what not in kept
            kept[what] = None
        if is_new:
            log.log(level, what)

    def _show(self, _method: str, _query: Query, _body: object) -> Answer:
        with self._lock:
            return 200, {"lost": list(self._lost), "notes": list(self._notes)}
