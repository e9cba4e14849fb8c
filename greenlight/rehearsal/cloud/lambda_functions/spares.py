"""Processes that wait for a function: the first call of a function then does not wait for Python and boto3 to start."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable

from greenlight.rehearsal.cloud.lambda_functions.process import FunctionProcess


class Spares:
    """Keeps a few processes ready, of the interpreter that was asked for last. Each one that is taken is replaced."""

    def __init__(self, start: Callable[[str], FunctionProcess], count: int) -> None:
        self._start = start
        self._count = count
        self._lock = threading.Lock()
        self._closed = False
        self._executable = sys.executable
        self._ready = deque(start(sys.executable) for _ in range(count))

    def take(self, executable: str) -> FunctionProcess:
        """A process of this interpreter that has become no function yet."""
        with self._lock:
            is_other, self._executable = executable != self._executable, executable
            unfit, self._ready = (self._ready, deque()) if is_other else (deque(), self._ready)
            spare = self._ready.popleft() if self._ready else None
        for each in unfit:
            each.close()
        for _ in range(self._count if is_other else 1 if spare else 0):
            threading.Thread(target=self._replace, args=(executable,), name="spare-function", daemon=True).start()
        return spare or self._start(executable)

    def close(self) -> None:
        """End those that nobody took."""
        with self._lock:
            self._closed = True
            spares, self._ready = list(self._ready), deque()
        for spare in spares:
            spare.close()

    def _replace(self, executable: str) -> None:
        spare = self._start(executable)
        with self._lock:
            if not self._closed and executable == self._executable:
                self._ready.append(spare)
                return
        spare.close()
