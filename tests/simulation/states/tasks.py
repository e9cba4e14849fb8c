"""Tasks on the kernel: a function invoked for a state, the time that the state waits, and what may go wrong between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.simulation.kernel import Kernel, Process
from tests.simulation.states.errors import TIMEOUT, TaskError


class Invocation(Protocol):
    """One run of a function: its process, and how it ended. `error` is "" when it returned `result`."""

    @property
    def process(self) -> Process: ...

    @property
    def result(self) -> Any: ...

    @property
    def error(self) -> str: ...

    @property
    def cause(self) -> str: ...


@dataclass(frozen=True)
class TaskFault:
    """What happens to one invocation.

    The function starts at each of the moments `runs`, in seconds after the invocation: `()` is never, `(0.0, 3.0)` is
    twice. Step Functions learns the result of the first of them, or `error` in its place, when that run has ended;
    without a run it learns `error` after `seconds`.
    """

    error: str = ""
    cause: str = ""
    runs: Sequence[float] = (0.0,)
    seconds: float = 0.0

    def __str__(self) -> str:
        ran = {0: "never runs", 1: "runs"}.get(len(self.runs), f"runs {len(self.runs)} times")
        return f"the function {ran}, the task gets {self.error or 'its result'}"


def refused(error: str, seconds: float = 0.0) -> TaskFault:
    """Lambda says no, and the function never runs: Lambda.TooManyRequestsException, Lambda.ServiceException ..."""
    return TaskFault(error, "the function was not invoked", (), seconds)


def lost(error: str) -> TaskFault:
    """The function runs to its end, and Step Functions gets an error: Lambda.SdkClientException, Lambda.Unknown ..."""
    return TaskFault(error, "the reply was lost")


def twice(seconds: float) -> TaskFault:
    """The function runs once more, `seconds` later, and nobody asks for that result."""
    return TaskFault(runs=(0.0, seconds))


@dataclass
class Tasks:
    """Invokes functions for the executions of a scenario. `start` starts one and does not wait for it.

    Faults: `numbered` by the number of the invocation in the scenario, from 1; `addressed` by (function, which of its
    invocations, from 1). What has been met is in `met`.
    """

    kernel: Kernel
    start: Callable[[str, Any], Invocation]
    numbered: dict[int, TaskFault] = field(default_factory=dict)
    addressed: dict[tuple[str, int], TaskFault] = field(default_factory=dict)
    met: list[tuple[int, str, TaskFault]] = field(default_factory=list)
    count: int = 0
    _seen: dict[str, int] = field(default_factory=dict)

    def invoke(self, function: str, payload: Any, timeout: float) -> Any:
        """Invoke a function and wait for it. It goes on when the time is over, and when its execution is stopped.

        Raises:
            TaskError: it failed; States.Timeout after `timeout` seconds.
        """
        fault = self._fault(function) or TaskFault()
        if not fault.runs:
            self.kernel.sleep(min(fault.seconds, timeout))
            raise TaskError(fault.error, fault.cause)
        first, *others = fault.runs
        for delay in others:
            self.kernel.spawn(f"another {function}", lambda: self.start(function, payload), delay)
        self.kernel.sleep(first)
        invocation = self.start(function, payload)
        if not self.kernel.wait(invocation.process, timeout - first):
            raise TaskError(TIMEOUT)
        if fault.error or invocation.error:
            raise TaskError(fault.error or invocation.error, fault.cause or invocation.cause)
        return invocation.result

    def _fault(self, function: str) -> TaskFault | None:
        self.count += 1
        occurrence = self._seen[function] = self._seen.get(function, 0) + 1
        fault = self.numbered.get(self.count) or self.addressed.get((function, occurrence))
        if fault is not None:
            self.met.append((self.count, function, fault))
        return fault
