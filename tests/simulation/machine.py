"""One machine that runs a function: its environment, its clients, its clock. It keeps `traffic_switch.Surroundings`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.request import Request

from traffic_switch.surroundings import HttpReply

from tests.simulation import web
from tests.simulation.client import Client
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.line import Caller

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

T = TypeVar("T")


class Machine:
    """The surroundings of one invocation. `skew`: how many seconds its wall clock is ahead; it may change at any time.

    A `spread` runs its calls one after the other, but each as if it were alone: what it takes is put on this machine's
    own clocks (`_ahead`) and not on virtual time, which goes on to the moment at which the next call is due. For faults
    a spread is one call; what it meets, all of its requests meet.
    """

    def __init__(self, cloud: Cloud, caller: Caller, environment: Mapping[str, str], skew: float = 0.0) -> None:
        self.environment = environment
        self.skew = skew
        self._cloud = cloud
        self._kernel = cloud.kernel
        self._caller = caller
        self._clients: dict[tuple[str, int], Client] = {}
        self._ahead = 0.0
        self._spreading = False
        self._spread_fault: Fault | None = None

    def client(self, service: str, config: Any) -> Any:
        """A client of this machine's own; the same for the same configuration."""
        key = (service, id(config))
        if key not in self._clients:
            self._clients[key] = Client(self._cloud, self._caller, service, config)
        return self._clients[key]

    def now(self) -> float:
        return EPOCH + self._kernel.time + self._ahead + self.skew

    def monotonic(self) -> float:
        return 1000.0 + self._kernel.time + self._ahead

    def sleep(self, seconds: float) -> None:
        if self._spreading:
            self._ahead += max(0.0, seconds)
        else:
            self._kernel.sleep(seconds)

    def fetch(self, request: Request, timeout: float) -> HttpReply:
        fault = self._spread_fault if self._spreading else self._fault("http." + request.get_method())
        if fault is not None:
            refused = web.refuse(fault, timeout, self.sleep)
            if refused is not None:
                return refused
        reply, seconds = self._cloud.web.exchange(request)
        if fault is not None:
            web.lose(fault, timeout, self.sleep)
            self._die(fault, Kind.KILLED_AFTER)
        self.sleep(min(seconds, timeout))
        if seconds > timeout:
            raise TimeoutError("The read operation timed out")
        return reply

    def spread(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> list[T]:
        started, longest, results = self._kernel.time, 0.0, []
        self._spread_fault = self._fault("http.spread")
        for due, call in calls:
            self._kernel.sleep(started + due - self._kernel.time)
            self._spreading = True
            try:
                results.append(call())
            finally:
                longest = max(longest, self._kernel.time + self._ahead)
                self._spreading, self._ahead = False, 0.0
        self._kernel.sleep(longest - self._kernel.time)
        return results

    def stream(self, calls: Sequence[tuple[float, Callable[[], T]]]) -> Iterator[T]:
        started, ended = self._kernel.time, list[tuple[float, int, T]]()
        self._spread_fault = self._fault("http.stream")
        for number, (due, call) in enumerate(calls):
            yield from self._until(ended, started + due)
            self._spreading = True
            try:
                result = call()
                heappush(ended, (self._kernel.time + self._ahead, number, result))
            finally:
                self._spreading, self._ahead = False, 0.0
        yield from self._until(ended, inf)

    def _until(self, ended: list[tuple[float, int, T]], moment: float) -> Iterator[T]:
        """What has ended by a moment, each at its time; then the moment itself."""
        while ended and ended[0][0] <= moment:
            at, _, result = heappop(ended)
            self._kernel.sleep(at - self._kernel.time)
            yield result
        if moment < inf:
            self._kernel.sleep(moment - self._kernel.time)

    def _fault(self, call: str) -> Fault | None:
        if not self._caller.exposed:
            return None
        fault = self._cloud.announce(self._caller, call)
        if fault is None and self._cloud.faults.outages:
            fault = self._cloud.faults.outage(call, self._kernel.time)
        if fault is not None:
            self._cloud.faults.met.append((self._cloud.calls, self._caller.name, call, fault))
            self._kernel.note(f"fault: {call}", str(fault))
            self._die(fault, Kind.KILLED_BEFORE)
        return fault

    def _die(self, fault: Fault, kind: Kind) -> None:
        if fault.kind is kind:
            self._cloud.kill_caller()
