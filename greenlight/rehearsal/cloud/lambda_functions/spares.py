"""Processes that wait for a function: the first call of a function then does not wait for Python and boto3 to start."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from greenlight.rehearsal.cloud.lambda_functions.process import FunctionProcess


class Spares:
    """Keeps a few processes ready. Each one that is taken is replaced in the background."""

    def __init__(self, start: Callable[[], FunctionProcess], count: int) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._closed = False
        self._ready = deque(start() for _ in range(count))

    def take(self) -> FunctionProcess:
        """A process that has become no function yet."""
        with self._lock:
            spare = self._ready.popleft() if self._ready else None
        if spare is None:
            return self._start()
        threading.Thread(target=self._replace, name="spare-function", daemon=True).start()
        return spare

    def close(self) -> None:
        """End those that nobody took."""
        with self._lock:
            self._closed = True
            spares, self._ready = list(self._ready), deque()
        for spare in spares:
            spare.close()

    def _replace(self) -> None:
        spare = self._start()
        with self._lock:
            if not self._closed:
                self._ready.append(spare)
                return
        spare.close()
