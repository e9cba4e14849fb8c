"""The connections of the load, and the queue of requests that were due while all of them were busy."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from greenlight.rehearsal.traffic.answer import AnswerReader
from greenlight.rehearsal.traffic.connection import Connection, Owner, Visit
from greenlight.rehearsal.traffic.outcome import RequestOutcome

Dial = Callable[[Owner], Awaitable[object]]
"""Opens one connection that reports to the owner; raises OSError when that cannot be done."""

Ended = Callable[[Visit, RequestOutcome, AnswerReader], None]

NO_ANSWER = AnswerReader()
"""What a request that never reached a connection got."""


@dataclass(frozen=True)
class PoolLimits:
    """How many connections there are, and how long a request may take."""

    connections: int = 50
    """Opened up front and opened again whenever one is lost."""
    max_connections: int = 250
    """The most there may be; beyond it requests wait in the queue, as behind a browser's own limit."""
    timeout_seconds: float = 5.0
    """From the moment when a request is due, so that waiting in the queue counts."""
    growth: int = 10
    """The most connections added at one tick because requests wait."""


class Pool:
    """Sends each visit on an idle connection, oldest idle first, or keeps it waiting in order.

    Every visit that is offered ends exactly once, with one call of `ended`.
    """

    def __init__(self, dial: Dial, limits: PoolLimits, ended: Ended, clock: Callable[[], float]) -> None:
        self._dial, self._limits, self._report, self._clock = dial, limits, ended, clock
        self._idle: deque[Connection] = deque()
        self._waiting: deque[Visit] = deque()
        self._open: set[Connection] = set()
        self._opening: dict[asyncio.Task[None], float] = {}
        self._wanted = 0
        self.unfinished = 0

    @property
    def size(self) -> int:
        """Connections that are open."""
        return len(self._open)

    async def fill(self) -> None:
        """Open the connections that must be there before the first request.

        Raises:
            OSError: the first failure to open one; a TimeoutError if that took too long.
        """
        timeout = self._limits.timeout_seconds
        attempts = [asyncio.wait_for(self._dial(self), timeout) for _ in range(self._limits.connections)]
        for result in await asyncio.gather(*attempts, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    def offer(self, visit: Visit) -> None:
        """Send the visit, or let it wait for a connection."""
        self.unfinished += 1
        while self._idle:
            connection = self._idle.popleft()
            if connection.usable:
                connection.send(visit)
                return
        self._waiting.append(visit)
        self._open_for_waiting(self._limits.connections)

    def tick(self) -> None:
        """End what is overdue, replace what was lost, and grow a little while requests wait."""
        now = self._clock()
        self._expire(now - self._limits.timeout_seconds)
        missing = self._limits.connections - self._total
        for _ in range(min(missing, self._limits.growth)):
            self._start_opening(wanted=False)
        if self._waiting:
            self._open_for_waiting(min(self._total + self._limits.growth, self._limits.max_connections))

    def close(self, outcome: RequestOutcome) -> None:
        """End every visit that is still open with this outcome, and drop every connection."""
        for task in self._opening:
            task.cancel()
        while self._waiting:
            self._fail_first(outcome)
        for connection in list(self._open):
            connection.give_up(outcome)

    # What connections call.

    def opened(self, connection: Connection) -> None:
        """Put a new connection to work."""
        self._open.add(connection)
        self.freed(connection)

    def freed(self, connection: Connection) -> None:
        """Give the connection the visit that waited longest, or let it idle."""
        if self._waiting:
            connection.send(self._waiting.popleft())
        else:
            self._idle.append(connection)

    def ended(self, visit: Visit, outcome: RequestOutcome, answer: AnswerReader) -> None:
        """Pass on the end of a visit."""
        self.unfinished -= 1
        self._report(visit, outcome, answer)

    def lost(self, connection: Connection) -> None:
        """Forget the connection, and open another if somebody waits for one."""
        self._open.discard(connection)
        self._open_for_waiting(self._limits.connections)

    # Opening.

    @property
    def _total(self) -> int:
        return len(self._open) + len(self._opening)

    def _open_for_waiting(self, limit: int) -> None:
        """Open one connection for each visit that waits, up to a total."""
        while self._wanted < len(self._waiting) and self._total < limit:
            self._start_opening(wanted=True)

    def _start_opening(self, *, wanted: bool) -> None:
        self._wanted += wanted
        task = asyncio.ensure_future(self._try_open(wanted))
        self._opening[task] = self._clock()
        task.add_done_callback(lambda done: self._opening.pop(done, None))

    async def _try_open(self, wanted: bool) -> None:
        """Open a connection. One that was opened for a waiting visit and failed is that visit's failure."""
        try:
            await self._dial(self)
        except OSError:
            if wanted and self._waiting:
                self._fail_first(RequestOutcome.REFUSED)
        finally:
            self._wanted -= wanted

    # Ending.

    def _fail_first(self, outcome: RequestOutcome) -> None:
        self.ended(self._waiting.popleft(), outcome, NO_ANSWER)

    def _expire(self, oldest: float) -> None:
        """End visits that were due before this time, and attempts to connect that are as old."""
        while self._waiting and self._waiting[0].due_at <= oldest:
            self._fail_first(RequestOutcome.TIMEOUT)
        for connection in [one for one in self._open if one.visit and one.visit.due_at <= oldest]:
            connection.give_up(RequestOutcome.TIMEOUT)
        for task in [one for one, since in self._opening.items() if since <= oldest]:
            task.cancel()
