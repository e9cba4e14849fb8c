"""One pipeline: what is deployed, its executions, and who is in which stage."""

from __future__ import annotations

import threading

from greenlight.rehearsal.cloud.codepipeline.definition import Definition
from greenlight.rehearsal.cloud.codepipeline.execution import ActionRun, Execution
from greenlight.rehearsal.cloud.codepipeline.turns import Turns


class Pipeline:
    """A pipeline that is there. `executions` are in the order in which they began."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.executions: list[Execution] = []
        self.latest: dict[str, Execution] = {}
        self._turns: dict[str, Turns] = {}
        self._lock = threading.Lock()

    def begin(self, execution: Execution) -> None:
        """Take an execution, and let it stand before the first stage."""
        with self._lock:
            self.executions.append(execution)
            self._of(execution.definition.stages[0].name).join(execution)

    def turns(self, stage: str) -> Turns:
        """The queue in front of a stage."""
        with self._lock:
            return self._of(stage)

    def wake(self) -> None:
        """Let every execution that waits see whether it is to stop."""
        with self._lock:
            queues = list(self._turns.values())
        for each in queues:
            each.wake()

    def execution(self, execution_id: str) -> Execution | None:
        """Find an execution."""
        return next((each for each in self.executions if each.id == execution_id), None)

    def last_run(self, stage: str, action: str) -> ActionRun | None:
        """The newest run of an action, of whichever execution: the previous one until the next has come so far."""
        runs = [
            run
            for execution in self.executions
            for run in execution.runs
            if (run.stage.name, run.action.name) == (stage, action)
        ]
        return max(runs, key=lambda run: run.started_at, default=None)

    def _of(self, stage: str) -> Turns:
        return self._turns.setdefault(stage, Turns())
