"""Lambda: a function runs as a process with surroundings of its own, and may outlive whoever asked for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.simulation.faults import Fault, Kind
from tests.simulation.kernel import Killed, Process
from tests.simulation.line import Caller
from tests.simulation.machine import Machine

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

Run: TypeAlias = Callable[[Any, Machine], Any]

TIMED_OUT, CRASHED = "timed out", "crashed"

REFUSALS = {
    Kind.THROTTLED: "Lambda.TooManyRequestsException",
    Kind.DENIED: "Lambda.AWSLambdaException",
    Kind.FAILED: "Lambda.ServiceException",
    Kind.UNREACHABLE: "Lambda.SdkClientException",
    Kind.LOST_REQUEST: "Lambda.ClientExecutionTimeoutException",
}
"""How Step Functions names an invocation that did not come about."""

LOSSES = {
    Kind.LOST_REPLY: "Lambda.ClientExecutionTimeoutException",
    Kind.RESET: "Lambda.SdkClientException",
    Kind.KILLED_AFTER: "Runtime.ExitError",
}
"""How it names one whose function ran, and whose answer did not arrive. With `seconds` the caller gives up so long
after it began, while the function still goes on; without, the function ends first.
"""


@dataclass(frozen=True)
class Function:
    """One function. `run` gets the event and its surroundings.

    `grants` are its IAM actions, None for all, and `keys` the patterns of the items that they may be about.
    """

    name: str
    run: Run
    timeout: float = 60.0
    environment: Mapping[str, str] = field(default_factory=dict)
    grants: frozenset[str] | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Invocation:
    """One run of a function. `error` is empty once it went well, and `result` is then what it returned."""

    function: str
    process: Process
    result: Any = None
    error: str = "Runtime.ExitError"
    cause: str = ""


class Functions:
    """The functions of one account. `cold_start`: the least and the most seconds until a function's code runs."""

    def __init__(self, cloud: Cloud) -> None:
        self.cold_start = (0.01, 0.3)
        self.invocations: list[Invocation] = []
        self._cloud = cloud
        self._functions: dict[str, Function] = {}
        self._counts: dict[str, int] = {}

    def add(self, function: Function) -> None:
        """Make a function known, or replace it."""
        self._functions[function.name] = function

    def __contains__(self, name: str) -> bool:
        return name in self._functions

    def invoke(self, name: str, payload: Any) -> Invocation:
        """Run a function and wait for it, as Step Functions does. If the process that waits dies, it goes on."""
        invocation = self.start(name, payload)
        self._cloud.kernel.wait(invocation.process)
        return invocation

    def start(self, name: str, payload: Any) -> Invocation:
        """Run a function without waiting: `invocation.process` can be waited for, with a timeout."""
        cloud = self._cloud
        fault = cloud.announce(Caller(name), "lambda.Invoke")
        if fault is not None:
            cloud.faults.met.append((cloud.calls, name, "lambda.Invoke", fault))
            cloud.kernel.note(f"fault: lambda.Invoke {name}", str(fault))
        if fault is not None and fault.kind in REFUSALS:
            return self._refused(name, REFUSALS[fault.kind])
        started = self._started(self._functions[name], json.dumps(payload), fault)
        if fault is not None and fault.kind in LOSSES and fault.seconds:
            return self._refused(name, LOSSES[fault.kind], fault.seconds)
        return started

    def _refused(self, name: str, error: str, after: float = 0.0) -> Invocation:
        """An invocation that its caller gives up, while the function goes on if it ever began."""
        kernel = self._cloud.kernel
        process = kernel.spawn(f"{name} is given up", lambda: None, after)
        return Invocation(name, process, error=error, cause="no answer came")

    def _started(self, function: Function, text: str, fault: Fault | None) -> Invocation:
        kernel = self._cloud.kernel
        count = self._counts[function.name] = self._counts.get(function.name, 0) + 1
        low, high = self.cold_start
        delay = low + (high - low) * kernel.random.random()
        if fault is not None and fault.kind is Kind.SLOW:
            delay += fault.seconds
        name = f"{function.name}#{count}"
        process = kernel.spawn(name, lambda: self._guarded(function, text, invocation, fault), delay)
        invocation = Invocation(function.name, process)
        self.invocations.append(invocation)
        return invocation

    def _guarded(self, function: Function, text: str, invocation: Invocation, fault: Fault | None) -> None:
        """The sandbox: whatever happens in it, the invocation says how it ended."""
        kernel = self._cloud.kernel
        process = invocation.process
        limit = kernel.at(function.timeout, lambda: kernel.kill(process, TIMED_OUT))
        kernel.note("begins", text)
        try:
            if fault is not None and fault.kind is Kind.KILLED_BEFORE:
                self._cloud.kill_caller()
            self._run(function, text, invocation)
        except Killed as killed:
            _died(invocation, function, str(killed))
            raise
        finally:
            limit.cancel()
            kernel.note("ends", invocation)
        if fault is not None and fault.kind in LOSSES:
            invocation.result, invocation.error = None, LOSSES[fault.kind]

    def _run(self, function: Function, text: str, invocation: Invocation) -> None:
        cloud = self._cloud
        caller = Caller(function.name, function.grants, exposed=True, keys=function.keys)
        ahead = cloud.clocks_ahead.get(function.name, 0.0)
        machine = Machine(cloud, caller, function.environment, cloud.skew() + ahead)
        try:
            invocation.result = json.loads(json.dumps(function.run(json.loads(text), machine)))
            invocation.error = ""
        except Exception as error:
            invocation.error = type(error).__name__
            invocation.cause = json.dumps({"errorMessage": str(error), "errorType": invocation.error, "stackTrace": []})
            cloud.failures.append(error)


def _died(invocation: Invocation, function: Function, why: str) -> None:
    if why == TIMED_OUT:
        invocation.error = "Sandbox.Timedout"
        said = f"Error: Task timed out after {function.timeout:.2f} seconds"
    else:
        invocation.error = "Runtime.ExitError"
        said = "Error: Runtime exited with error: signal: killed"
    invocation.cause = json.dumps({"errorType": invocation.error, "errorMessage": f"RequestId: {why} {said}"})
