"""A process of virtual time, and a timer: what the kernel's queue holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """Raised inside a process that was killed, where it was suspended. `except Exception` does not catch it."""


class Process:
    """One thread of control in virtual time. `done` says whether it has ended, `killed` whether it was killed."""

    __slots__ = ("_body", "_glet", "_turn", "_waiters", "done", "killed", "name", "owner", "result", "why")

    def __init__(self, name: str, body: Callable[[], Any]) -> None:
        self.name = name
        self.owner: Any = None
        self.done = False
        self.killed = False
        self.why = ""
        self.result: Any = None
        self._body = body
        self._glet: Any = None
        self._turn = 0
        self._waiters: list[Process] = []

    def __repr__(self) -> str:
        state = "killed" if self.killed else "done" if self.done else "running"
        return f"<{self.name} {state}>"


class Timer:
    """A callback that is due once. It runs outside any process, so it must not sleep."""

    __slots__ = ("_call", "cancelled")

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self.cancelled = False

    def cancel(self) -> None:
        """Make it do nothing when it is due."""
        self.cancelled = True
