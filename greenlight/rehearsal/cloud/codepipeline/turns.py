"""Who may be in a stage: one execution at a time, in the order in which they came.

docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html, "How executions are processed in QUEUED
mode": a stage is locked while an execution is in it, and those that wait enter one by one.
"""

from __future__ import annotations

import threading
from collections import deque

from greenlight.rehearsal.cloud.codepipeline.execution import Execution


class Turns:
    """The queue in front of one stage. The first one in it is in the stage. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[Execution] = deque()

    def join(self, execution: Execution) -> None:
        """Stand at the end."""
        with self._changed:
            self._queue.append(execution)

    def wait(self, execution: Execution) -> bool:
        """Wait until it is this one's turn; say whether it may enter, which it may not when it is to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue[0] is execution or execution.is_stopping)
            return not execution.is_stopping

    def leave(self, execution: Execution) -> None:
        """Let the next one in."""
        with self._changed:
            self._queue.remove(execution)
            self._changed.notify_all()

    def wake(self) -> None:
        """Let those that wait see whether they are to stop."""
        with self._changed:
            self._changed.notify_all()

    def waiting(self) -> list[Execution]:
        """Who stands before the stage, without who is in it."""
        with self._changed:
            return list(self._queue)[1:]
