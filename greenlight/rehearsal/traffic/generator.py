"""The load generator: schedule, connections and record, put together on one event loop."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from greenlight.rehearsal.traffic.answer import AnswerReader
from greenlight.rehearsal.traffic.connection import Connection, Owner, Visit
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.place import Place
from greenlight.rehearsal.traffic.pool import Pool, PoolLimits
from greenlight.rehearsal.traffic.profile import SHOP, SHOPPERS, Profile
from greenlight.rehearsal.traffic.record import RecordWriter
from greenlight.rehearsal.traffic.schedule import Schedule
from greenlight.rehearsal.traffic.wire import visits

TICK_SECONDS = 0.05
"""How often the record is flushed, and timeouts and connections are looked after."""

GRACE_SECONDS = 2.0
"""How long the end of the load waits for answers in flight, unless it is told otherwise."""


@dataclass(frozen=True)
class Load:
    """What to ask, whom, and how often."""

    place: Place
    rate: float = 1000.0
    """Requests per second."""
    limits: PoolLimits = field(default_factory=PoolLimits)
    profile: Profile = SHOP
    shoppers: int = SHOPPERS
    grace_seconds: float = GRACE_SECONDS


class UnreachableError(Exception):
    """The service took no connections when the load was to start."""


@dataclass
class Tally:
    """How many requests were due, and how they ended."""

    offered: int = 0
    outcomes: Counter[RequestOutcome] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """Requests that a user would call failed."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.failed)

    def as_json(self) -> dict[str, object]:
        """Return the tally as the command prints it."""
        counts = {outcome.value: count for outcome, count in sorted(self.outcomes.items())}
        return {"offered": self.offered, "failed": self.failed, "outcomes": counts}


class Generator:
    """Runs one load until it is told to stop. Every request that was due is in the record when `run` returns."""

    def __init__(self, load: Load, writer: RecordWriter) -> None:
        self._load, self._writer = load, writer
        self._loop = asyncio.get_running_loop()
        self._pool = Pool(self._dial, load.limits, self._record, self._loop.time)
        self._next_visit = visits(load.profile, load.place.host_header, load.shoppers)
        self._timer: asyncio.TimerHandle | None = None
        self._schedule = Schedule(0.0, load.rate)
        self.tally = Tally()

    async def run(self, stop: asyncio.Event, *, ready: Callable[[], None] = lambda: None) -> Tally:
        """Open the connections, offer requests until `stop` is set, wait for what is in flight.

        Raises:
            UnreachableError: the service takes no connections.
        """
        await self._open_connections()
        ready()
        self._schedule = Schedule(self._loop.time(), self._load.rate)
        self._offer()
        await self._tick_until(stop.is_set)
        await self._finish()
        return self.tally

    async def _open_connections(self) -> None:
        try:
            await self._pool.fill()
        except OSError as error:
            problem = str(error) or "no connection within the timeout"
            raise UnreachableError(
                f"cannot connect to {self._load.place}: {problem}; start the service before its load"
            ) from error

    def _offer(self) -> None:
        """Offer every request that is due by now, and come back for the next."""
        for due_at in self._schedule.take_due(self._loop.time()):
            self.tally.offered += 1
            self._pool.offer(Visit(due_at, *self._next_visit()))
        self._timer = self._loop.call_at(self._schedule.next_due, self._offer)

    async def _tick_until(self, done: Callable[[], bool]) -> None:
        while not done():
            await asyncio.sleep(TICK_SECONDS)
            self._pool.tick()
            self._writer.flush()

    async def _finish(self) -> None:
        if self._timer:
            self._timer.cancel()
        deadline = self._loop.time() + self._load.grace_seconds
        await self._tick_until(lambda: not self._pool.unfinished or self._loop.time() >= deadline)
        self._pool.close(RequestOutcome.UNANSWERED)
        self._writer.flush()

    def _record(self, visit: Visit, outcome: RequestOutcome, answer: AnswerReader) -> None:
        self.tally.outcomes[outcome] += 1
        if visit.shopper:
            for cookie in answer.cookies:
                visit.shopper.keep(cookie)
        latency = self._loop.time() - visit.due_at
        self._writer.add(time.time(), latency, answer.color, outcome, answer.status, answer.version, visit.request.name)

    async def _dial(self, owner: Owner) -> None:
        place = self._load.place
        await self._loop.create_connection(
            lambda: Connection(owner, place.redirects_to),
            *place.address,
            ssl=place.tls,
            server_hostname=place.name if place.tls else None,
        )


async def generate(load: Load, record: Path, stop: asyncio.Event, *, ready: Callable[[], None] = lambda: None) -> Tally:
    """Run a load and leave its record in a new file."""
    writer = RecordWriter(record)
    try:
        return await Generator(load, writer).run(stop, ready=ready)
    finally:
        writer.close()
