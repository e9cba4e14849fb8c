"""Virtual time: processes that run as greenlets, one at a time, in an order that the seed alone decides.

Code that a process runs is ordinary synchronous code. It is suspended only where it sleeps or waits, which is at
every call to the outside; between two such points nothing else happens in the world.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Any, TypeAlias

from greenlet import getcurrent, greenlet

from tests.simulation.process import Killed, Process, Timer

__all__ = ["FOREVER", "Kernel", "Killed", "Process", "Timer"]

FOREVER = math.inf

Entry: TypeAlias = "tuple[float, int, Process | Timer, int]"
"""When, in which order, what, and the turn of the process that this is for (an older turn is stale)."""


class Kernel:
    """The clock, the queue of what is due, and the trace of what happened."""

    def __init__(self, seed: int = 0) -> None:
        self.random = Random(seed)
        self.time = 0.0
        self.current: Process | None = None
        self.trace: list[tuple[Any, ...]] = []
        self._due: list[Entry] = []
        self._count = 0
        self._until = FOREVER
        self._hub: Any = None
        self._running = False
        self._alive: set[Process] = set()

    def now(self) -> float:
        """Seconds of virtual time since the kernel was made."""
        return self.time

    def spawn(self, name: str, body: Callable[[], Any], delay: float = 0.0) -> Process:
        """Start a process. What it raises comes out of `run`; what it returns is its `result`."""
        process = Process(name, body)
        self._alive.add(process)
        self._push(self.time + delay, process, 0)
        return process

    def at(self, delay: float, call: Callable[[], Any]) -> Timer:
        """Call a function in `delay` seconds, outside any process."""
        timer = Timer(call)
        self._push(self.time + delay, timer, 0)
        return timer

    def sleep(self, seconds: float) -> None:
        """Suspend the current process. Outside any process, let the world go on for so long.

        Raises:
            Killed: the process was killed meanwhile.
        """
        due = self.time + seconds if seconds > 0 else self.time
        process = self.current
        if process is None:
            self._outside()
            self.run(until=due)
            return
        if process.killed:
            raise Killed(process.why)
        queue = self._due
        if due <= self._until and (not queue or queue[0][0] > due):
            self.time = due
            return
        process._turn += 1
        self._push(due, process, process._turn)
        self._suspend(process)

    def wait(self, other: Process, timeout: float = FOREVER) -> bool:
        """Suspend the current process until another has ended. Returns whether it has, or the time was over."""
        if self.current is None:
            return self._drive(other, timeout)
        if not other.done:
            other._waiters.append(self.current)
            try:
                self.suspend(timeout)
            finally:
                if self.current in other._waiters:
                    other._waiters.remove(self.current)
        return other.done

    def suspend(self, timeout: float = FOREVER) -> None:
        """Suspend the current process until somebody wakes it, or the time is over."""
        process = self.current
        if process is None:
            raise RuntimeError("only a process can be suspended")
        if process.killed:
            raise Killed(process.why)
        process._turn += 1
        if timeout < FOREVER:
            self._push(self.time + timeout, process, process._turn)
        self._suspend(process)

    def wake(self, process: Process) -> None:
        """Let a suspended process go on, now. One that has ended is left alone."""
        if not process.done:
            process._turn += 1
            self._push(self.time, process, process._turn)

    def kill(self, process: Process, why: str = "killed") -> None:
        """Raise `Killed` in a process where it is suspended. One that has ended is left alone."""
        if process.done:
            return
        process.killed, process.why = True, why
        if process is self.current:
            raise Killed(why)
        if process._glet is None:
            self._end(process)
        else:
            self.wake(process)

    def run(self, until: float = FOREVER) -> None:
        """Let everything happen that is due up to a time, or everything there is. The clock then stands at `until`."""
        self._outside()
        self._until = until
        try:
            self._loop(until, lambda: False)
        finally:
            self._until = FOREVER
        if until < FOREVER:
            self.time = max(self.time, until)

    def close(self) -> None:
        """Kill what still runs and forget what is due. Unwinding code runs, but cannot call anything."""
        for process in sorted(self._alive, key=lambda p: p.name):
            self.kill(process, "the simulation is over")
        while self._alive:
            self._loop(self.time, lambda: not self._alive)
        self._due.clear()

    def note(self, call: str, *details: Any) -> None:
        """Add an event to the trace. Details are kept as they are and written out only when somebody reads them."""
        process = self.current
        self.trace.append((self.time, process.name if process else "-", call, details))

    def _push(self, due: float, what: Process | Timer, turn: int) -> None:
        self._count += 1
        heappush(self._due, (due, self._count, what, turn))

    def _suspend(self, process: Process) -> None:
        self._hub.switch()
        self.current = process
        if process.killed:
            raise Killed(process.why)

    def _drive(self, other: Process, timeout: float) -> bool:
        self._outside()
        limit = self.time + timeout
        self._until = limit
        try:
            self._loop(limit, lambda: other.done)
        finally:
            self._until = FOREVER
        return other.done

    def _loop(self, until: float, enough: Callable[[], bool]) -> None:
        if self._running:
            raise RuntimeError("a timer must neither sleep nor run the kernel")
        self._running, self._hub = True, getcurrent()
        try:
            self._turns(until, enough)
        finally:
            self._running = False

    def _turns(self, until: float, enough: Callable[[], bool]) -> None:
        queue = self._due
        while queue and queue[0][0] <= until and not enough():
            due, _, what, turn = heappop(queue)
            if isinstance(what, Process):
                if not what.done and turn == what._turn:
                    self.time = max(self.time, due)
                    self._resume(what)
            elif not what.cancelled:
                self.time = max(self.time, due)
                what._call()

    def _resume(self, process: Process) -> None:
        if process._glet is None:
            process._glet = greenlet(self._body, self._hub)
        process._glet.parent = self._hub
        self.current = process
        try:
            process._glet.switch(process)
        finally:
            self.current = None

    def _body(self, process: Process) -> None:
        try:
            process.result = process._body()
        except Killed:
            process.killed = True
        finally:
            self._end(process)

    def _end(self, process: Process) -> None:
        process.done = True
        self._alive.discard(process)
        for waiter in process._waiters:
            self.wake(waiter)
        process._waiters.clear()

    def _outside(self) -> None:
        if self.current is not None:
            raise RuntimeError(f"{self.current.name} is a process: it may sleep and wait, not run the kernel")
