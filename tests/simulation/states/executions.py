"""Step Functions on the kernel: executions that start once, end once, can be stopped and redriven."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions import announcement
from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel, Process
from tests.simulation.states.deliveries import Deliveries
from tests.simulation.states.machine import Around, Machine, Run, iso
from tests.simulation.states.tasks import Tasks

MACHINE_ARN = "arn:aws:states:eu-central-1:123456789012:stateMachine:greenlight"
DIED = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
"""The ends that the EventBridge rule of the switch sends to Settle."""

Event = dict[str, Any]


@dataclass
class Execution:
    """One execution. `start` and `stop` are in virtual seconds; `redrives` counts how often it was redriven."""

    arn: str
    name: str
    input: str
    start: float
    run: Run
    process: Process
    stop: float | None = None
    redrives: int = 0

    def description(self) -> dict[str, Any]:
        """What DescribeExecution shows, with dates in virtual seconds."""
        run = self.run
        output = json.dumps(run.output) if run.status == "SUCCEEDED" else None
        shown = {"stopDate": self.stop, "output": output, "error": run.error, "cause": run.cause}
        return {
            "executionArn": self.arn,
            "stateMachineArn": f"{self.arn.replace(':execution:', ':stateMachine:').rpartition(':')[0]}",
            "name": self.name,
            "status": run.status,
            "startDate": self.start,
            "input": self.input,
            "redriveCount": self.redrives,
            **{name: value for name, value in shown.items() if value is not None},
        }


@dataclass
class Executions:
    """All executions of one machine. `announce` gets the EventBridge event of each that died, as `events` delays it.

    Attributes:
        epoch: Unix seconds at which the kernel's clock is 0.
    """

    kernel: Kernel
    machine: Machine
    tasks: Tasks
    announce: Callable[[Event], object]
    events: Deliveries = field(default_factory=Deliveries)
    epoch: float = 0.0
    machine_arn: str = MACHINE_ARN
    all: dict[str, Execution] = field(default_factory=dict)

    def start(self, name: str, text: str) -> None:
        """StartExecution: the same name and input as a running execution is that execution.

        Raises:
            AwsError: ExecutionAlreadyExists, InvalidExecutionInput.
        """
        known = self.all.get(name)
        if known is not None and (known.run.status != "RUNNING" or known.input != text):
            raise AwsError("ExecutionAlreadyExists", f"Execution Already Exists: '{known.arn}'")
        if known is None:
            self._begin(name, text)

    def stop(self, name: str, error: str = "", cause: str = "") -> None:
        """StopExecution. Functions that it has invoked go on.

        Raises:
            AwsError: ExecutionDoesNotExist.
        """
        execution = self._found(name)
        if execution.run.status == "RUNNING":
            execution.run.status, execution.run.error, execution.run.cause = "ABORTED", error or None, cause or None
            self.kernel.kill(execution.process, "the execution was stopped")
            self._ended(execution)

    def describe(self, name: str) -> dict[str, Any]:
        """DescribeExecution.

        Raises:
            AwsError: ExecutionDoesNotExist.
        """
        return self._found(name).description()

    def redrive(self, name: str) -> None:
        """RedriveExecution: it goes on with the state that it did not get through, and with all its time again.

        Raises:
            AwsError: ExecutionDoesNotExist, ExecutionNotRedrivable.
        """
        execution = self._found(name)
        if execution.run.status not in DIED:
            raise AwsError("ExecutionNotRedrivable", f"Execution is {execution.run.status} and cannot be redriven")
        execution.redrives += 1
        execution.run.redriven(execution.redrives)
        execution.stop, execution.run.status = None, "RUNNING"
        execution.process = self._process(name, execution.run)

    def running(self) -> list[str]:
        """The names of the executions that have not ended."""
        return [name for name, execution in self.all.items() if execution.run.status == "RUNNING"]

    def _begin(self, name: str, text: str) -> None:
        try:
            data = json.loads(text)
        except ValueError as error:
            raise AwsError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from error
        arn = f"{self.machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
        now = self.kernel.time
        context = {
            "Execution": {"Id": arn, "Name": name, "StartTime": iso(self._now()), "RedriveCount": 0},
            "StateMachine": {"Id": self.machine_arn, "Name": self.machine_arn.rpartition(":")[2]},
        }
        run = Run(self.machine, data, context)
        self.all[name] = Execution(arn, name, text, now, run, self._process(name, run))

    def _process(self, name: str, run: Run) -> Process:
        around = Around(self.tasks.invoke, self.kernel.sleep, self._now, self.kernel.random.random)

        def live() -> None:
            run.go(around)
            self._ended(self.all[name])

        return self.kernel.spawn(f"execution {name}", live)

    def _ended(self, execution: Execution) -> None:
        execution.stop = self.kernel.time
        self.kernel.note("execution", execution.name, execution.run.status, execution.run.error)
        if execution.run.status in DIED:
            event = status_event(execution, self.epoch)
            self.events.send(self.kernel, f"event of {execution.name}", lambda: self.announce(event))

    def _found(self, name: str) -> Execution:
        execution = self.all.get(name.rpartition(":")[2])
        if execution is None:
            raise AwsError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{name}'")
        return execution

    def _now(self) -> float:
        return self.epoch + self.kernel.time


def status_event(execution: Execution, epoch: float) -> Event:
    """The event that EventBridge delivers when an execution has ended. `epoch`: Unix seconds of the virtual time 0."""
    begun, ended = iso(epoch + execution.start), iso(epoch + (execution.stop or 0.0))
    entry = announcement.entry({"output": None, **execution.description(), "startDate": begun, "stopDate": ended})
    *_, region, account = execution.arn.split(":")[:5]
    return {
        "version": "0",
        "id": f"{execution.name}-{execution.redrives}",
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": account,
        "time": ended,
        "region": region,
        "resources": entry["Resources"],
        "detail": {**json.loads(entry["Detail"]), "redriveCount": execution.redrives},
    }
