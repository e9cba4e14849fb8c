"""Follows Envoy's health check events, and keeps what they have shown of each target."""

from __future__ import annotations

import threading

from greenlight.rehearsal.balancer.health import CheckRecord, Health, advance, read_outcome
from greenlight.rehearsal.balancer.snapshot import HealthCheck, Snapshot
from greenlight.rehearsal.balancer.tail import Tail

_LOOK_SECONDS = 0.05

Key = tuple[str, str]
"""A target group's name and a target's key."""


class HealthWatch:
    """The health of each target that Envoy checks. Thread-safe."""

    def __init__(self, events: Tail) -> None:
        self._events = events
        self._lock = threading.Lock()
        self._checks: dict[Key, HealthCheck] = {}
        self._records: dict[Key, CheckRecord] = {}
        self._stopped = threading.Event()

    def start(self) -> None:
        """Look for events until stopped."""
        threading.Thread(target=self._run, name="target-health", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def follow(self, snapshot: Snapshot) -> None:
        """Keep the records of the targets that are still checked. One that comes back later starts anew."""
        with self._lock:
            self._checks = {
                (group.name, endpoint.key): group.check
                for group in snapshot.target_groups
                for endpoint in group.endpoints
            }
            self._records = {key: self._records.get(key, CheckRecord()) for key in self._checks}

    def health(self, target_group: str, target: str) -> Health:
        """Tell a target's health; one without any outcome yet is being registered."""
        with self._lock:
            return self._records.get((target_group, target), CheckRecord()).health

    def look(self) -> None:
        """Count the outcomes since the last look."""
        for line in self._events.read():
            outcome = read_outcome(line)
            if outcome is None:
                continue
            key = (outcome.target_group, outcome.target)
            with self._lock:
                if key in self._checks:
                    self._records[key] = advance(self._records[key], outcome, self._checks[key])

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_SECONDS):
            self.look()
