"""Where a target really is: the address that AWS would know, and the loopback port that serves it here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """A real endpoint on this machine."""

    host: str
    port: int


class Routes:
    """The real endpoint of each target, by the target's id (instance id or ip address) and port. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._addresses: dict[tuple[str, int], Address] = {}
        self._followers: list[Callable[[], None]] = []

    def publish(self, target: str, port: int, host: str, real_port: int) -> None:
        """Send what is meant for the target to the real port from now on."""
        with self._lock:
            self._addresses[target, port] = Address(host, real_port)
        self._tell()

    def withdraw(self, target: str, port: int) -> None:
        """Forget the target: nothing serves it any more."""
        with self._lock:
            self._addresses.pop((target, port), None)
        self._tell()

    def lookup(self, target: str, port: int) -> Address | None:
        """Return the real endpoint, or None when nothing serves the target."""
        with self._lock:
            return self._addresses.get((target, port))

    def all(self) -> dict[tuple[str, int], Address]:
        """Return every target that is served, with its real endpoint."""
        with self._lock:
            return dict(self._addresses)

    def on_change(self, follower: Callable[[], None]) -> None:
        """Call the follower after each change, in the thread that made it."""
        self._followers.append(follower)

    def _tell(self) -> None:
        for follower in self._followers:
            follower()
