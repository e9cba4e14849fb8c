"""The own requests of one run of the bake's function: sent when they are due, judged while they come back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from traffic_switch import standing
from traffic_switch.journal import Record
from traffic_switch.judging.answers import sort_out
from traffic_switch.judging.bake import surely_bad
from traffic_switch.judging.looks import Batch
from traffic_switch.judging.schedule import Volley, next_volley
from traffic_switch.judging.tally import Tally
from traffic_switch.model import Hold, Switch
from traffic_switch.world import World

CHECK_SECONDS = 5
"""How often the operator's abort, the lock and the rule are read while requests are sent."""

SHORTEST_TIMEOUT_SECONDS = 5.0
LONGEST_TIMEOUT_SECONDS = 60.0
"""The load balancer's own idle timeout."""


Take = Callable[[], str]
"""What one event does to the counts, done where nothing else happens at once; it returns what to object to."""


@dataclass
class Watch:
    """Sends requests and counts: `batches` grows; `objections` end the bake, whatever was counted."""

    world: World
    switch: Switch
    hold: Hold
    since: float
    batches: list[Batch]
    objections: list[str] = field(default_factory=list)

    @property
    def second(self) -> float:
        """Seconds since the shift."""
        return self.world.now() - self.since

    @property
    def is_clear(self) -> bool:
        """Whether nothing that could still be seen would change the verdict."""
        return bool(self.objections) or surely_bad(self.batches, self.world.policy)

    def run(self) -> None:
        """Send what the schedule asks for, look at lock and rule in between, and stop when the verdict is clear.

        Raises:
            LockLostError: another switch ended this one.
        """
        self._object(standing.complaint(self.world, self.switch, self.hold))
        started, sent = self.world.monotonic(), list[Volley]()
        while not self.is_clear:
            used = self.world.monotonic() - started
            volley = next_volley(self.world.policy, self.batches, self.second, used, sent)
            if volley is None:
                return
            self._send_in_parts(volley)
            sent.append(volley)

    def _send_in_parts(self, volley: Volley) -> None:
        most = max(1, int(CHECK_SECONDS / self.world.policy.bake_batch_seconds))
        for done in range(0, volley.batches, most):
            if done:
                self._check()
            if self.is_clear:
                return
            self._send(Volley(min(most, volley.batches - done), volley.size))

    def _send(self, volley: Volley) -> None:
        policy, before, begun = self.world.policy, list(self.batches), self.second
        seconds = [begun + number * policy.bake_batch_seconds for number in range(volley.batches)]
        tally = Tally(volley, seconds, policy.max_p95_ms, policy.confirm_deadline_seconds)
        door = self.world.front_door(self.world.services[self.switch.service])
        with closing(door.stream(self._calls(volley, tally))) as events:
            for take in events:
                self._object(take())
                seen = [*before, *tally.judged()]
                if seen == self.batches and not self.objections:
                    continue
                self.batches[:] = seen
                if self.is_clear or tally.is_complete:
                    return

    def _calls(self, volley: Volley, tally: Tally) -> list[tuple[float, Callable[[], Take]]]:
        """All requests of a volley, and the moments at which a batch can be judged at the latest."""
        length, timeout = self.world.policy.bake_batch_seconds, self._timeout_seconds
        calls: list[tuple[float, Callable[[], Take]]] = []
        for batch in range(volley.batches):
            ask, due = partial(self._ask, tally, batch, timeout), partial(tally.mark_due, batch)
            calls += [((batch + number / volley.size) * length, ask) for number in range(volley.size)]
            calls.append(((batch + 1) * length + min(self._slow_seconds, timeout), partial(_after, due)))
        return sorted(calls, key=lambda call: call[0])

    def _ask(self, tally: Tally, batch: int, timeout: float) -> Take:
        service, second = self.world.services[self.switch.service], self.second
        reply = self.world.front_door(service).ask(service.probe_path, timeout_seconds=timeout)
        answer = sort_out(reply, self.switch.color, self.switch.version)
        return lambda: tally.count(batch, answer, reply.milliseconds, second)

    def _check(self) -> None:
        """Object if the rule is not as it was written, or the operator aborted."""
        self._object(standing.complaint(self.world, self.switch, self.hold))
        self._object(abort_of(self.world.journal.record(self.switch.id)))

    def _object(self, objection: str) -> None:
        self.objections += [objection] if objection else []

    @property
    def _slow_seconds(self) -> float:
        return self.world.policy.max_p95_ms / 1000

    @property
    def _timeout_seconds(self) -> float:
        """When a request has failed: later than when it is slow, and not before a user would have given up."""
        return min(LONGEST_TIMEOUT_SECONDS, max(SHORTEST_TIMEOUT_SECONDS, 2 * self._slow_seconds))


def abort_of(record: Record | None) -> str:
    """What the operator's abort objects, if there is one."""
    return f"the operator aborted it: {record.abort}" if record and record.abort else ""


def _after(mark: Callable[[], None]) -> Take:
    def take() -> str:
        mark()
        return ""

    return take
